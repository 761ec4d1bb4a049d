import ArgumentParser
import Bytes
import Events
import Operations
import Report
import Store

struct EventsStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "What a store of events holds, by day and by source, and how much room it takes.",
    discussion: """
      EXAMPLES
        bartizan events status --data /var/lib/bartizan
      """)

  @OptionGroup var data: EventDataOptions
  @OptionGroup var output: OutputOptions<EventStoreAnswer>

  func run() async throws {
    let status = try await data.reader().status()
    StandardError.lines(status.problems)
    try output.give(EventStoreAnswer(status))
    if !status.problems.isEmpty { throw ExitCode(ExitStatus.unknown) }
  }
}
