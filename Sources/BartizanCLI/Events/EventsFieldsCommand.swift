import ArgumentParser
import Events
import Operations
import Report

struct EventsFieldsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields", abstract: "Which fields events have, how often, and their most frequent values.",
    discussion: """
      EXAMPLES
        bartizan events fields --input audit.log
        bartizan events fields 'event.dataset: falco.alert' --values 10 --input logs/

      Fields of the schema are listed. What a source has besides is reached by its path; `events sources` lists that.
      """)

  @Argument(help: "Only events that match this query.") var query: String = "*"
  @OptionGroup var input: EventInputOptions
  @OptionGroup var question: EventQuestionOptions
  @Option(help: "Show this many of the values of a field.") var values = 3
  @OptionGroup var output: OutputOptions<EventFieldsAnswer>

  func validate() throws {
    if !(0...1000).contains(values) { throw ValidationError("--values \(values): a number from 0 to 1000 is wanted") }
  }

  func run() async throws {
    let question = try question.question(query)
    let counted = try await input.ask {
      try await $0.fields(
        question, values: values, reveals: self.question.reveal)
    }
    let basis = EventTelling.tell(counted.reading, timeless: counted.timeless)
    if counted.census.events == 0 { EventTelling.tellNothingFound(question) }
    try output.give(EventFieldsAnswer(counted.census, basis: basis))
    try EventTelling.finish(counted.reading)
  }
}
