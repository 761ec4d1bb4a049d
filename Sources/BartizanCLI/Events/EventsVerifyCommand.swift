import ArgumentParser
import Operations
import Report
import Store

struct EventsVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read all of a store of events, and name what is damaged.",
    discussion: """
      EXAMPLES
        bartizan events verify --data /var/lib/bartizan

      Files are checked by SQLite, blocks by their sums, and each event is made of its original again. Exit code 3: \
      something is damaged.
      """)

  @OptionGroup var data: EventDataOptions
  @OptionGroup var output: OutputOptions<EventVerificationAnswer>

  func run() async throws {
    let result = try await data.reader().verify()
    StandardError.lines(result.problems)
    try output.give(
      EventVerificationAnswer(
        files: result.files, blocks: result.blocks, events: result.events, problems: result.problems))
    if !result.problems.isEmpty { throw ExitCode(ExitStatus.unknown) }
  }
}
