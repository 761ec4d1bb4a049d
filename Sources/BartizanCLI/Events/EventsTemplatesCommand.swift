import ArgumentParser
import Events
import Operations
import Report

struct EventsTemplatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "templates", abstract: "What programs say: their messages without what varies in them.",
    discussion: """
      EXAMPLES
        bartizan events templates --input /var/log/containers
        bartizan events templates 'kubernetes.namespace: shop' --since -7d \\
          --rarest --data /var/lib/bartizan

      Messages that the same statement of a program printed share a template, in which <*> stands for what varies (the method \
      is Drain). What is said seldom, or for the first time, is often what matters: --rarest shows it first. Events without a \
      message, such as requests in an audit log, are counted.
      """)

  @Argument(help: "Only events that match this query.") var query: String = "*"
  @OptionGroup var input: EventInputOptions
  @OptionGroup var question: EventQuestionOptions
  @Flag(help: "The rarest templates first, instead of the most frequent.") var rarest = false
  @Option(help: "Show at most this many templates.") var limit = 50
  @OptionGroup var output: OutputOptions<EventTemplatesAnswer>

  func validate() throws {
    if !(1...10_000).contains(limit) { throw ValidationError("--limit \(limit): a number from 1 to 10000 is wanted") }
  }

  func run() async throws {
    let question = try question.question(query)
    let mined = try await input.ask { try await $0.templates(question, reveals: self.question.reveal) }
    let basis = EventTelling.tell(mined.reading, timeless: mined.timeless)
    if mined.census.events == 0 { EventTelling.tellNothingFound(question) }
    try output.give(EventTemplatesAnswer(mined.census, rarestFirst: rarest, limit: limit, basis: basis))
    try EventTelling.finish(mined.reading)
  }
}
