import ArgumentParser
import Operations
import Report

struct EventsTailCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail", abstract: "The latest events.",
    discussion: """
      EXAMPLES
        bartizan events tail --input /var/log/kubernetes/audit.log
        bartizan events tail 'event.outcome: failure' --limit 5 --input audit.log
      """)

  @Argument(help: "Only events that match this query.") var query: String = "*"
  @OptionGroup var input: EventInputOptions
  @OptionGroup var question: EventQuestionOptions
  @Option(help: "Show this many events.") var limit = 10
  @OptionGroup var output: OutputOptions<EventsAnswer>

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit \(limit): a number from 1 is wanted") }
  }

  func run() async throws {
    let question = try question.question(query)
    let found = try await input.ask { try await $0.events(question, .latest(limit), reveals: self.question.reveal) }
    let basis = EventTelling.tell(found.reading, timeless: found.timeless)
    if found.matches == 0 { EventTelling.tellNothingFound(question) }
    try output.give(
      EventsAnswer(
        found.events.map { $0.reported(files: found.reading.fileCount) }, of: found.matches, shown: .latest,
        isTail: true, basis: basis))
    try EventTelling.finish(found.reading)
  }
}
