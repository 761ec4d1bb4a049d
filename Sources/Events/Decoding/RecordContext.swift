package import Bytes

/// What has to be stored beside an original, so that the same event can be made of it again.
package struct RecordContext: Sendable, Hashable {
  /// The columns and the delimiter of a table; nil for records that are recognised by their content.
  package struct Table: Sendable, Hashable {
    package let columns: [String]
    package let delimiter: UInt8

    package init(columns: [String], delimiter: UInt8) {
      self.columns = columns
      self.delimiter = delimiter
    }
  }

  package let envelope: Envelope
  /// Nil where unknown.
  package var receivedAt: Timestamp?
  /// As in `DecodeOptions`. It is not stored: what is stored has a time of receipt.
  package var reckonedFrom: Timestamp?
  package let table: Table?
  /// As in `DecodeOptions`.
  package let trustedProxies: [IPRange]
  /// Why the record was kept without being understood, which depends on what followed it.
  package let fault: RecordFault?

  package init(
    envelope: Envelope, receivedAt: Timestamp?, table: Table?, trustedProxies: [IPRange], fault: RecordFault?
  ) {
    self.fault = fault
    self.envelope = envelope
    self.receivedAt = receivedAt
    self.table = table
    self.trustedProxies = trustedProxies
  }

  package var options: DecodeOptions {
    var options = DecodeOptions()
    options.receivedAt = receivedAt
    options.reckonedFrom = reckonedFrom
    options.trustedProxies = trustedProxies
    if let table { options.format = .csv(columns: table.columns, delimiter: table.delimiter) }
    return options
  }
}

extension Event {
  /// Whether the context is that of another event, told without making either.
  package func sharesContext(with other: Event) -> Bool {
    batch === other.batch && record.envelope == other.record.envelope && record.fault == other.record.fault
  }

  package var context: RecordContext {
    var table: RecordContext.Table?
    if case .csv(_, let delimiter) = batch.options.format {
      table = RecordContext.Table(columns: batch.header, delimiter: delimiter)
    }
    var made = RecordContext(
      envelope: envelope, receivedAt: batch.receivedAt, table: table, trustedProxies: batch.options.trustedProxies,
      fault: fault)
    made.reckonedFrom = batch.options.reckonedFrom
    return made
  }
}

extension EventDecoder {
  /// Makes the events of originals again that were stored with the same context.
  ///
  /// - Parameters:
  ///   - bytes: the originals one after the other, with a line feed after each.
  ///   - lengths: of the originals, without the line feeds. Their sum is that of the bytes.
  /// - Returns: one event per original.
  package static func restore(_ bytes: [UInt8], lengths: [Int], context: RecordContext) -> [Event] {
    // Nearly always the records are what they were when they are read one after the other, which is fastest.
    let together =
      context.fault == nil && lengths.count > 1
      ? decode(bytes, options: context.options, envelope: context.envelope) : nil
    if let together, together.count == lengths.count {
      var place = 0
      var isSame = true
      for (index, length) in lengths.enumerated() {
        let slot = together.records[index].original
        let original = slot.isMade ? together.arena[slot.range] : together.input[slot.range]
        guard place + length <= bytes.count, original.count == length,
          slot.isMade ? original.elementsEqual(bytes[place..<place + length]) : slot.range.lowerBound == place
        else {
          isSame = false
          break
        }
        place += length + 1
      }
      if isSame { return Array(together.events) }
    }
    var events: [Event] = []
    var place = 0
    for length in lengths {
      let original = Array(bytes[min(place, bytes.count)..<min(place + length, bytes.count)])
      events.append(Event(restoring: original, context))
      place += length + 1
    }
    return events
  }
}

extension Event {
  /// The event of one original.
  init(restoring original: [UInt8], _ context: RecordContext) {
    if let fault = context.fault, context.table == nil {
      self.init(
        batch: .unparsed(original, fault, options: context.options, envelope: context.envelope), index: 0)
      return
    }
    let made = EventDecoder.decode(original, options: context.options, envelope: context.envelope)
    // A record by itself is one record. One that came as a message may contain what separates records elsewhere.
    if made.count == 1, context.table != nil || made.records[0].original.range.count == original.count {
      self.init(batch: made, index: 0)
    } else if context.table == nil, let message = EventBatch.message(original, context) {
      self.init(batch: message, index: 0)
    } else {
      self.init(
        batch: .unparsed(original, .malformedJSON, options: context.options, envelope: context.envelope), index: 0)
    }
  }
}

extension Event {
  /// The same event with a time of receipt.
  package func received(at time: Timestamp) -> Event {
    var context = context
    context.receivedAt = time
    let made = Event(restoring: Array(original), context)
    return Event(batch: made.batch.at(line: record.line), index: 0)
  }
}

extension EventBatch {
  /// The one record of a message; nil where it is not one.
  fileprivate static func message(_ original: [UInt8], _ context: RecordContext) -> EventBatch? {
    let batch = EventDecoder.decode(
      original, messages: [original.indices], options: context.options, envelope: context.envelope)
    return batch.count == 1 ? batch : nil
  }
}
