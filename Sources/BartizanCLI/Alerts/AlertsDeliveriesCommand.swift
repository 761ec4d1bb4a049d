import ArgumentParser
import Operations
import Report

struct AlertsDeliveriesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliveries", abstract: "What of alerts and incidents is still to be sent, and what was given up.",
    discussion: """
      EXAMPLES
        bartizan alerts deliveries --data /var/lib/bartizan
        bartizan alerts deliveries --destination splunk-hec-1 \\
          --server https://bartizan.example:8787

      What a destination does not take at the moment is tried again and again. What it refuses for good is dead: it waits \
      for `alerts redeliver`.
      """)

  @Option(help: ArgumentHelp("Only for this destination.", valueName: "name")) var destination: String?
  @Option(help: "Show at most this many.") var limit = 100
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<DeliveryListAnswer>

  func validate() throws {
    if !(1...AlertQuestion.mostOfPage).contains(limit) {
      throw ValidationError("--limit \(limit): from 1 to \(AlertQuestion.mostOfPage) is wanted")
    }
  }

  func run() async throws {
    try output.give(try await desk.ask { try await $0.deliveries(destination, limit: limit) })
  }
}
