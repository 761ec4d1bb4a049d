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
    try output.give(
      EventStoreAnswer(
        days: status.days.map {
          EventStoreAnswer.Day(
            day: $0.day.text, events: $0.events, blocks: $0.blocks, rawBytes: $0.rawBytes, storedBytes: $0.storedBytes)
        },
        sources: status.sources.map {
          EventStoreAnswer.Source(dataset: $0.dataset.rawValue, events: $0.events, rawBytes: $0.rawBytes)
        }, pending: status.pendingEvents, problems: status.problems))
    if !status.problems.isEmpty { throw ExitCode(ExitStatus.unknown) }
  }
}
