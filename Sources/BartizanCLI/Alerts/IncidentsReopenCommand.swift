import ArgumentParser
import Operations
import Report

struct IncidentsReopenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reopen", abstract: "Open incidents again that were closed.")

  @OptionGroup var triage: TriageOptions
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<TriageChangeAnswer>

  func run() async throws {
    let question = TriageQuestion(.reopen, comment: triage.comment)
    try output.give(try await desk.ask { try await $0.change(alerts: [], incidents: triage.ids, question) })
  }
}
