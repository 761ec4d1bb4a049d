import ArgumentParser
import Operations
import Report

struct IncidentsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One incident, as a story, with its alerts and its history.",
    discussion: """
      EXAMPLES
        bartizan incidents show inc-d50ba116959ac017 --data /var/lib/bartizan
      """)

  @Argument(help: "Its id, as `list` shows it.") var id: String
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<IncidentDetailAnswer>

  func run() async throws { try output.give(try await desk.ask { try await $0.incident(id) }) }
}
