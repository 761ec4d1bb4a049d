import ArgumentParser
import Operations
import Report

struct AlertsReopenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reopen", abstract: "Open alerts again that were closed.")

  @OptionGroup var triage: TriageOptions
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<TriageChangeAnswer>

  func run() async throws {
    let question = TriageQuestion(.reopen, comment: triage.comment)
    try output.give(try await desk.ask { try await $0.change(alerts: triage.ids, incidents: [], question) })
  }
}
