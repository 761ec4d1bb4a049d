package import Bytes

/// Something that happened, as a source told it: columns, and beside them the original, byte for byte, from which
/// everything else is read when somebody asks.
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

  /// The layer that says what the event is: the innermost that is not merely JSON, or text.
  private var telling: Int {
    let layers = record.layers
    for layer in layers.reversed() where !MappingCatalogue.all[Int(batch.layers[Int(layer)].mapping)].isGeneric {
      return Int(layer)
    }
    return Int(layers.upperBound) - 1
  }

  /// Datasets of the records that carried this one, from the outermost inward: a container's log, syslog. Whoever can
  /// write there can write anything: an event of the API server's that a container printed is no proof of anything.
  package var carriers: [Dataset] {
    guard record.fault == nil else { return [] }
    return (Int(record.layers.lowerBound)..<telling).map {
      MappingCatalogue.all[Int(batch.layers[$0].mapping)].dataset
    }
  }

  /// `@timestamp`: when it happened, as the record says; nil where it says nothing.
  package var time: Timestamp? { record.header.time.map { Timestamp(nanoseconds: $0) } }

  /// When it was received; nil where nobody knows, as for a file.
  package var ingested: Timestamp? { batch.receivedAt }

  package var kind: EventKind { record.header.kind }
  package var categories: EventCategories { record.header.categories }
  package var types: EventTypes { record.header.types }
  package var outcome: EventOutcome { record.header.outcome }
  package var level: LogLevel? { record.header.level }
  /// HTTP status; nil where there is none.
  package var statusCode: Int? { record.header.status == 0 ? nil : Int(record.header.status) }
  /// Why it was kept without being understood; nil for nearly all.
  package var fault: RecordFault? { record.fault }
  /// Line of the input on which it begins, from 1.
  package var line: Int { Int(record.line) }
  package var envelope: Envelope { batch.envelopes[Int(record.envelope)] }

  func slot(_ column: Column) -> Slot { batch.columns[index * Column.textCount + column.slot] }

  /// The text of a column; nil where the event has none, and for columns that are no text.
  package subscript(column: Column) -> String? {
    guard column.isText else { return nil }
    return withBytes(column) { $0.text }
  }

  /// Reads the text of a column where it stands.
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

  /// The record as it came, byte for byte; without the line feed behind it.
  package var original: ArraySlice<UInt8> {
    let slot = record.original
    return slot.isMade ? batch.arena[slot.range] : batch.input[slot.range]
  }

  package func withOriginal<R>(_ body: (Span<UInt8>) throws -> R) rethrows -> R {
    try withBytes(record.original, body)
  }

  /// As text; bytes that are no UTF-8 become U+FFFD here, and nowhere else.
  package var originalText: String { withOriginal { $0.text } }
}
