import ArgumentParser
import Events
import Findings
import Operations
import Report
import Store

struct EventsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One event with all of its fields and its original.",
    discussion: """
      EXAMPLES
        bartizan events show 57 --input audit.log
        bartizan events show logs/audit.log:57 --input logs
        bartizan events show 1042 --data /var/lib/bartizan
      """)

  @Argument(help: "What the first column of `events search` shows: a line, FILE:LINE, or the number of a stored event.")
  var event: String
  @OptionGroup var input: EventInputOptions
  @Flag(help: "Show values of Secrets, tokens and passwords in originals, which are hidden otherwise.")
  var reveal = false
  @OptionGroup var output: OutputOptions<EventDetailAnswer>

  func run() async throws {
    try await input.ask { questions in
      if case .files(let files) = questions { return try show(files) }
      guard let position = Int64(event) else { throw BartizanError(.usage, "\(event): not the number of an event") }
      guard let found = try await questions.event(at: EventPosition(position), reveals: reveal) else {
        throw BartizanError(.input, "\(event): no such event in the store; `bartizan events search` names them")
      }
      try output.give(EventDetailAnswer(ReportedEvent(id: event, found)))
    }
  }

  private func show(_ files: EventFiles) throws {
    let (line, file) = try place()
    let (found, reading) = try EventFileLookup.event(files, line: line, file: file)
    EventTelling.tell(reading)
    guard let found else {
      throw BartizanError(.input, "\(event): no event begins there; `bartizan events search` names them")
    }
    guard found.matches == 1 else {
      throw BartizanError(
        .usage, "\(event): \(found.matches) events begin there; name the file as well, as `bartizan events search` does"
      )
    }
    let shown = reveal ? found.event.event : found.event.event.masked()
    try output.give(EventDetailAnswer(ReportedEvent(id: event, shown)))
  }

  private func place() throws(BartizanError) -> (line: Int, file: String?) {
    if let line = Int(event) { return (line, nil) }
    guard let colon = event.lastIndex(of: ":"), let line = Int(event[event.index(after: colon)...]) else {
      throw BartizanError(.usage, "\(event): neither a line nor FILE:LINE")
    }
    return (line, String(event[..<colon]))
  }
}
