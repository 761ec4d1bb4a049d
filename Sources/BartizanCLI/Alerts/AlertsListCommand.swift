import ArgumentParser
import Operations
import Report

struct AlertsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Alerts that are kept, the latest first.",
    discussion: """
      EXAMPLES
        bartizan alerts list --severity high --since -1d --data /var/lib/bartizan
        bartizan alerts list --state all --since -7d \\
          --server https://bartizan.example:8787
      """)

  @OptionGroup var filter: AlertFilterOptions
  @Flag(help: "Show those that a suppression keeps silent, too.") var suppressed = false
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<AlertListAnswer>

  func run() async throws {
    var question = filter.question
    question.includesSuppressed = suppressed
    let wanted = question
    try output.give(try await desk.ask { try await $0.alerts(wanted) })
  }
}
