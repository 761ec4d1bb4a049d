import ArgumentParser
import Operations
import Report

struct AlertsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One alert, with its events and its history.",
    discussion: """
      EXAMPLES
        bartizan alerts show d50ba116959ac017 --data /var/lib/bartizan
      """)

  @Argument(help: "Its id, as `list` shows it.") var id: String
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<AlertDetailAnswer>

  func run() async throws { try output.give(try await desk.ask { try await $0.alert(id) }) }
}
