import ArgumentParser
import Events
import Operations
import Report

struct EventsSearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "The events that match a query, in the order of their time.",
    discussion: """
      EXAMPLES
        bartizan events search \\
          'kubernetes.audit.objectRef.resource: secrets and event.action: list' \\
          --input audit.log
        bartizan events search '*' --since -15m --input audit.log -o jsonl | jq \\
          -r '."user.name"'
        bartizan events search 'requestObject.spec.hostNetwork: true' \\
          --fields @timestamp,user.name --input audit.log.gz
        bartizan events search '*' --columns @timestamp,user.name,event.action \\
          --input table.csv
        bartizan events search 'source.ip: "203.0.113.0/24"' --since now-30d \\
          --data /var/lib/bartizan

      A query compares fields (`user.name: kim`), ranges (`http.response.status_code >= 400`), wildcards (`user_agent.original: \
      kubectl*`) and words anywhere (`"secret door"`), joined by and, or, not and parentheses; '*' is every event. A value \
      with a colon stands in quotes, or has a backslash before it. A name that the schema lacks is looked for as a path in \
      the original.

      A table shows the latest 100 events, the other formats show all; --limit says otherwise. `events show` takes what \
      stands in the first column. Exit code 3: a part of the input could not be read.
      """)

  @Argument(help: "The query; '*' for every event.") var query: String
  @OptionGroup var input: EventInputOptions
  @OptionGroup var question: EventQuestionOptions
  @OptionGroup var shown: EventLimitOptions
  @OptionGroup var output: OutputOptions<EventsAnswer>

  func run() async throws {
    let question = try question.question(query)
    let found = try await input.ask {
      try await $0.events(
        question, shown.wanted(output.formats, usual: 100), reveals: self.question.reveal)
    }
    let basis = EventTelling.tell(found.reading, timeless: found.timeless)
    if found.matches == 0 { EventTelling.tellNothingFound(question) }
    EventTelling.tellNames(shown.references.map(\.name))
    try output.give(
      EventsAnswer(
        found.events.map { $0.reported(files: found.reading.fileCount) }, of: found.matches,
        shown: shown.oldest ? .earliest : .latest, fields: shown.references, basis: basis))
    try EventTelling.finish(found.reading)
  }
}

/// How many events are shown, and what of them.
struct EventLimitOptions: ParsableArguments {
  @Option(help: "Show at most this many events, the latest ones; 0 for all.") var limit: Int?
  @Flag(help: "With --limit, the first events by time in place of the latest.") var oldest = false
  @Option(
    help: ArgumentHelp(
      "Show these fields or paths in place of the usual ones, such as user.name,source.ip.", valueName: "names"))
  var fields: String?

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit \(limit): a number from 0 is wanted") }
    if let fields, references.isEmpty || fields.split(separator: ",").count > 100 {
      throw ValidationError("--fields \(fields): from 1 to 100 names are wanted")
    }
  }

  var references: [FieldReference] {
    (fields ?? "").split(separator: ",").map { FieldReference($0.filter { !$0.isWhitespace }) }
  }

  /// - Parameter usual: the limit of tables where none is given.
  func wanted(_ formats: [OutputFormat], usual: Int) -> EventFileSearch.Wanted {
    let most = limit ?? (formats.contains(.table) ? usual : 0)
    return most == 0 ? .all : oldest ? .earliest(most) : .latest(most)
  }
}
