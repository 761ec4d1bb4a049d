import Bytes

extension Event {
  /// The event as it is shown: with the secrets in its original hidden, and its fields made of what is left.
  package func masked() -> Event {
    guard let original = withOriginal({ SecretMask.mask($0) }) else { return self }
    var options = batch.options
    if case .csv(_, let delimiter) = options.format {
      options.format = .csv(columns: batch.header, delimiter: delimiter)
    }
    let made = EventDecoder.decode(original, options: options, envelope: envelope)
    // What was one record is one still, since JSON stays JSON and lines stay lines.
    guard made.count == 1 else {
      return Event(batch: .unparsed(original, options: options, envelope: envelope), index: 0)
    }
    return Event(batch: made.at(line: record.line), index: 0)
  }
}

extension EventBatch {
  /// The same with another place of its first record.
  func at(line: UInt32) -> EventBatch {
    var records = records
    records[0].line = line
    return EventBatch(
      input: input, arena: arena, records: records, layers: layers, columns: columns, envelopes: envelopes,
      header: header, problems: problems, options: options)
  }

  /// A record that nothing is made of.
  static func unparsed(_ original: [UInt8], options: DecodeOptions, envelope: Envelope) -> EventBatch {
    var options = options
    options.format = .automatic
    let slot = Slot(0, original.count, isMade: false)
    return EventBatch(
      input: original, arena: [],
      records: [
        Record(original: slot, layers: 0..<1, header: EventHeader(), envelope: 0, line: 1, fault: .malformedJSON)
      ], layers: [Layer(mapping: UInt8(MappingCatalogue.text), payload: slot)],
      columns: [Slot](repeating: .none, count: Column.textCount), envelopes: [envelope], header: [], problems: [],
      options: options)
  }
}
