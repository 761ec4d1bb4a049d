import ArgumentParser
import Bytes
import Events
import Operations
import Report
import Store

struct EventsImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take logs into a store of events.",
    discussion: """
      EXAMPLES
        bartizan events import /var/log/kubernetes --data /var/lib/bartizan
        bartizan events import audit-*.log.gz --data events --format json

      Importing again what is stored already changes nothing: an event is recognised by its id and its original, or by \
      its file (the absolute path, links resolved), its line and its original where its source has no ids. Standard \
      input and pipes have no name by which they would be known again: what comes from them without an id of its own \
      is stored each time. Records without a time of their own are recognised for a day. The store is a folder that only its owner may read; one process at a time writes to it.
      """)

  @Argument(help: "Logs: files (plain, gzip or zstd), folders of them, or - for standard input.", completion: .file())
  var logs: [String]
  @OptionGroup var data: EventDataOptions
  @OptionGroup var reading: EventReadingOptions
  @OptionGroup var output: OutputOptions<EventImportAnswer>

  func run() async throws {
    var options = try await reading.decodeOptions()
    options.receivedAt = Today.now
    let store = try data.writer()
    let outcome = try await EventImport(EventFiles(logs, options: options), into: store).run()
    try await store.close()
    let basis = EventTelling.tell(outcome.reading)
    try output.give(
      EventImportAnswer(
        stored: outcome.stored, repeated: outcome.repeated, datasets: outcome.reading.datasets, basis: basis))
    try EventTelling.finish(outcome.reading)
  }
}
