package import Bytes

/// Events that were decoded together from one input buffer. Immutable; an `Event` is a position in it.
package final class EventBatch: Sendable {
  /// One record within another, from the outermost inward.
  struct Layer: Sendable {
    /// Index of the mapping in the catalogue.
    var mapping: UInt8
    var payload: Slot
  }

  /// What is stored with each event.
  struct Record: Sendable {
    /// The original bytes, without the line feed.
    var original: Slot
    var layers: Range<UInt32>
    var header: EventHeader
    var identity: RecordIdentity
    /// Index in `envelopes`.
    var envelope: UInt32
    /// Line of the input on which it begins, from 1.
    var line: UInt32
    /// Why it was kept without being understood.
    var fault: RecordFault?
  }

  /// The input as given to the decoder, after what was left over from earlier calls.
  let input: [UInt8]
  /// Bytes that decoding produced, such as resolved escapes.
  let arena: [UInt8]
  let records: [Record]
  let layers: [Layer]
  /// Text columns of all records in sequence.
  let columns: [Slot]
  let envelopes: [Envelope]
  /// Column names of a CSV file.
  let header: [String]
  /// Input that was skipped or not understood.
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

  /// Bytes of the input and of what decoding made, which are in memory as long as one of the events is.
  package var bytes: Int { input.count + arena.count }

  package subscript(index: Int) -> Event { Event(batch: self, index: index) }

  package var events: some RandomAccessCollection<Event> { records.indices.lazy.map { self[$0] } }
}

/// Why a record was kept without being understood.
package enum RecordFault: String, Sendable, CaseIterable {
  /// The input ends within it.
  case cut
  /// It begins like JSON, but is not valid.
  case malformedJSON = "malformed-json"
  /// Nested beyond the limit.
  case tooDeep = "too-deep"
  /// A row has more or fewer values than there are columns.
  case columnCount = "column-count"
}

/// A problem with a part of the input, which was skipped or kept without being understood.
package struct RecordProblem: Sendable, Hashable {
  /// What was wrong with a part of the input.
  package enum Kind: Sendable, Hashable {
    /// Kept as an event of dataset `unparsed`.
    case kept(RecordFault)
    /// Larger than the limit; this many bytes were skipped.
    case tooLarge(bytes: Int)
    /// Not text; nothing was read.
    case binary
    /// A run of zero bytes, which was passed over.
    ///
    /// - Parameter isHole: whether text follows it and nothing comes before: a log that was emptied while its writer kept
    ///   its place. Elsewhere records may have been in its place that were never written.
    case zeros(bytes: Int, isHole: Bool)
    /// The rest of a container's line does not follow.
    case unfinished
    /// A document of many records contains something else among them.
    case noRecord
    /// More records in one input than the limit.
    case tooMany(limit: Int)
  }

  package let kind: Kind
  /// Line of the input, from 1.
  package let line: Int

  package init(_ kind: Kind, line: Int) {
    self.kind = kind
    self.line = line
  }

  /// Whether input was lost instead of being kept.
  package var losesInput: Bool {
    switch kind {
    // Zero bytes arrived as such: whoever reads a file judges what they stand for.
    case .kept, .zeros, .unfinished: false
    case .tooLarge, .binary, .noRecord, .tooMany: true
    }
  }
}
