import ArgumentParser
import Operations
import Report

struct IncidentsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Incidents that are kept, the latest first.",
    discussion: """
      EXAMPLES
        bartizan incidents list --data /var/lib/bartizan
        bartizan incidents list --state all --since -7d \\
          --server https://bartizan.example:8787
      """)

  @OptionGroup var filter: AlertFilterOptions
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<IncidentListAnswer>

  func run() async throws {
    let wanted = filter.question
    try output.give(try await desk.ask { try await $0.incidents(wanted) })
  }
}
