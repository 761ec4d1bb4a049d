package import Bytes

/// Something that happened, as a source reported it: columns, and the original byte for byte, from which all other
/// fields are read on demand.
package struct Event: Sendable {
  let batch: EventBatch
  package let index: Int

  var record: EventBatch.Record { batch.records[index] }

  init(batch: EventBatch, index: Int) {
    self.batch = batch
    self.index = index
  }

  // MARK: Columns

  package var dataset: Dataset {
    if record.fault != nil { return .unparsed }
    return MappingCatalogue.all[Int(batch.layers[telling].mapping)].dataset
  }

  /// The layer that decides what the event is: the innermost one that is not mere JSON or text.
  private var telling: Int {
    let layers = record.layers
    for layer in layers.reversed() where !MappingCatalogue.all[Int(batch.layers[Int(layer)].mapping)].isGeneric {
      return Int(layer)
    }
    return Int(layers.upperBound) - 1
  }

  /// Datasets of the records that carried this one, from the outermost inward, such as a container's log or syslog.
  /// Whoever can write there can write anything: an API server event in a container's output proves nothing.
  package var carriers: [Dataset] {
    guard record.fault == nil else { return [] }
    return (Int(record.layers.lowerBound)..<telling).map {
      MappingCatalogue.all[Int(batch.layers[$0].mapping)].dataset
    }
  }

  /// `@timestamp`: the time in the record; nil where it has none.
  package var time: Timestamp? { record.header.time.map { Timestamp(nanoseconds: $0) } }

  /// From when times are reckoned where the time of receipt is not known: when a file was read. Nil where unknown.
  package var readAt: Timestamp? { batch.options.reckonedFrom }

  /// How often it happened, where a syslog daemon wrote it once for several (`message repeated 5 times: [ … ]`); at least 1.
  package var repetitions: Int {
    guard dataset == .syslog || carriers.contains(.syslog) else { return 1 }
    guard case .text(let text)? = values(at: "syslog.repeated").first, let count = Int(text) else { return 1 }
    return min(max(1, count), Self.mostRepetitions)
  }

  /// A line may claim any number.
  private static let mostRepetitions = 1_000

  /// When it was received; nil where that is unknown, as for a file.
  package var ingested: Timestamp? { batch.receivedAt }

  package var kind: EventKind { record.header.kind }
  package var categories: EventCategories { record.header.categories }
  package var types: EventTypes { record.header.types }
  package var outcome: EventOutcome { record.header.outcome }
  package var level: LogLevel? { record.header.level }
  /// HTTP status; nil where there is none.
  package var statusCode: Int? { record.header.status == 0 ? nil : Int(record.header.status) }
  /// Why it was kept without being understood; nil for almost all events.
  package var fault: RecordFault? { record.fault }
  /// Line of the input on which it begins, from 1.
  package var line: Int { Int(record.line) }
  package var envelope: Envelope { batch.envelopes[Int(record.envelope)] }

  /// Bytes of the original.
  package var size: Int { withOriginal { $0.count } }

  func slot(_ column: Column) -> Slot { batch.columns[index * Column.textCount + column.slot] }

  /// The text of a column; nil where the event has none, and for columns that are not text.
  package subscript(column: Column) -> String? {
    guard column.isText else { return nil }
    return withBytes(column) { $0.text }
  }

  /// Reads the text of a column in place; nil where the event has none.
  package func withBytes<R>(_ column: Column, _ body: (Span<UInt8>) throws -> R) rethrows -> R? {
    let slot = slot(column)
    guard !slot.isNone else { return nil }
    return try withBytes(slot, body)
  }

  func withBytes<R>(_ slot: Slot, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
    let bytes = slot.isMade ? batch.arena : batch.input
    return try body(bytes.span.extracting(slot.range))
  }

  // MARK: Original

  /// The record byte for byte, without its line feed.
  package var original: ArraySlice<UInt8> {
    let slot = record.original
    return slot.isMade ? batch.arena[slot.range] : batch.input[slot.range]
  }

  package func withOriginal<R>(_ body: (Span<UInt8>) throws -> R) rethrows -> R {
    try withBytes(record.original, body)
  }

  /// The original as text. Invalid UTF-8 becomes U+FFFD, but only here.
  package var originalText: String { withOriginal { $0.text } }
}
