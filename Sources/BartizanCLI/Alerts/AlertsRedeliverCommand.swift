import ArgumentParser
import Operations
import Report

struct AlertsRedeliverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redeliver", abstract: "Have what was given up sent again.",
    discussion: """
      EXAMPLES
        bartizan alerts redeliver --destination splunk-hec-1 --data /var/lib/bartizan

      The server that runs on the store sends it.
      """)

  @Option(help: ArgumentHelp("Only for this destination.", valueName: "name")) var destination: String?
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<RedeliveryAnswer>

  func run() async throws { try output.give(try await desk.ask { try await $0.redeliver(destination) }) }
}
