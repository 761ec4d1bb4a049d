import ArgumentParser
import Operations
import Report

struct AlertsAcknowledgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge", abstract: "Say that somebody is at alerts.")

  @OptionGroup var triage: TriageOptions
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<TriageChangeAnswer>

  func run() async throws {
    let question = TriageQuestion(.acknowledge, comment: triage.comment)
    try output.give(try await desk.ask { try await $0.change(alerts: triage.ids, incidents: [], question) })
  }
}
