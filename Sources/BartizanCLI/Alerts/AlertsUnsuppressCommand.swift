import ArgumentParser
import Operations
import Report

struct AlertsUnsuppressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unsuppress", abstract: "End a suppression before its time.")

  @Argument(help: "Its id, as `alerts suppressions` shows it.") var id: String
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<TriageChangeAnswer>

  func run() async throws { try output.give(try await desk.ask { try await $0.lift(id) }) }
}
