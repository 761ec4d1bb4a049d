import ArgumentParser
import Operations
import Report

struct EventsSourcesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sources", abstract: "What becomes of the fields of each source: mapped, or reached by path only.",
    discussion: """
      EXAMPLES
        bartizan events sources --input audit.log
        bartizan events sources --all --input logs/

      No field is lost: what is not mapped to a field of the schema is reached by its path in the original.
      """)

  @Argument(help: "Only events that match this query.") var query: String = "*"
  @OptionGroup var input: EventInputOptions
  @Flag(help: "List mapped fields as well, and every single path.") var all = false
  @OptionGroup var output: OutputOptions<EventSourcesAnswer>

  func run() async throws {
    let question = try EventQuestion(query: query, now: Today.now)
    let covered = try await input.ask { try await $0.sources(question) }
    let basis = EventTelling.tell(covered.reading)
    try output.give(EventSourcesAnswer(covered.coverage, isFull: all, basis: basis))
    try EventTelling.finish(covered.reading)
  }
}
