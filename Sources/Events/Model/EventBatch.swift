package import Bytes

/// Events that were decoded together, over one buffer of input. Immutable: an `Event` is a place in it.
package final class EventBatch: Sendable {
  /// One record within another, from the outermost inward.
  struct Layer: Sendable {
    /// Place of the mapping in the catalogue.
    var mapping: UInt8
    var payload: Slot
  }

  /// What stands beside each event.
  struct Record: Sendable {
    /// The bytes as they came, without the line feed behind them.
    var original: Slot
    var layers: Range<UInt32>
    var header: EventHeader
    /// Envelope of the record, a place in `envelopes`.
    var envelope: UInt32
    /// Line of the input on which it begins, from 1.
    var line: UInt32
    /// Why it was kept without being understood.
    var fault: RecordFault?
  }

  /// As given to the decoder, with what was left over from before.
  let input: [UInt8]
  /// What decoding made anew.
  let arena: [UInt8]
  let records: [Record]
  let layers: [Layer]
  /// Text columns of all records, side by side.
  let columns: [Slot]
  let envelopes: [Envelope]
  /// Column names of a CSV file.
  let header: [String]
  /// What was not taken, or not understood.
  package let problems: [RecordProblem]
  /// When the bytes were received.
  package let receivedAt: Timestamp?
  let options: DecodeOptions

  init(
    input: [UInt8], arena: [UInt8], records: [Record], layers: [Layer], columns: [Slot], envelopes: [Envelope],
    header: [String], problems: [RecordProblem], options: DecodeOptions
  ) {
    self.input = input
    self.arena = arena
    self.records = records
    self.layers = layers
    self.columns = columns
    self.envelopes = envelopes
    self.header = header
    self.problems = problems
    self.options = options
    receivedAt = options.receivedAt
  }

  package var count: Int { records.count }

  package subscript(index: Int) -> Event { Event(batch: self, index: index) }

  package var events: some RandomAccessCollection<Event> { records.indices.lazy.map { self[$0] } }
}

/// Why a record was kept without having been understood.
package enum RecordFault: String, Sendable, CaseIterable {
  /// The input ends in the middle of it.
  case cut
  /// It begins like JSON and is none.
  case malformedJSON = "malformed-json"
  /// Nested deeper than is read.
  case tooDeep = "too-deep"
  /// A row has more or fewer values than there are columns.
  case columnCount = "column-count"
}

/// Trouble with the input: something was not taken, or was kept without being understood.
package struct RecordProblem: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// Kept as an event of dataset `unparsed`.
    case kept(RecordFault)
    /// Larger than a record may be; so many bytes were passed over.
    case tooLarge(bytes: Int)
    /// No text: nothing was read.
    case binary
    /// A document of many records holds something else among them.
    case noRecord
    /// More records than are read of one input.
    case tooMany(limit: Int)
  }

  package let kind: Kind
  /// From 1.
  package let line: Int

  package init(_ kind: Kind, line: Int) {
    self.kind = kind
    self.line = line
  }

  /// Whether input was lost, rather than kept and not understood.
  package var losesInput: Bool { if case .kept = kind { false } else { true } }
}
