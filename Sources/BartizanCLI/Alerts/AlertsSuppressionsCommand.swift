import ArgumentParser
import Operations
import Report

struct AlertsSuppressionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppressions", abstract: "Which alerts are kept silent, why and until when.")

  @Flag(help: "Those that have ended, too.") var past = false
  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<SuppressionListAnswer>

  func run() async throws {
    try output.give(try await desk.ask { try await $0.suppressions(includesPast: past) })
  }
}
