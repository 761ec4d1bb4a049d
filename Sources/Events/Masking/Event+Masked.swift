import Bytes

extension Event {
  /// The event for display: secrets in the original are hidden, and the fields are extracted from what is left.
  package func masked() -> Event {
    guard let original = withOriginal({ SecretMask.mask($0) }) else { return self }
    return decoded(from: original)
  }

  /// The same event in a batch of its own, which does not keep the bytes of others in memory.
  package func detached() -> Event { decoded(from: Array(original)) }

  private func decoded(from original: [UInt8]) -> Event {
    let made = Event(restoring: original, context)
    return Event(batch: made.batch.at(line: record.line), index: 0)
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
  static func unparsed(
    _ original: [UInt8], _ fault: RecordFault, options: DecodeOptions, envelope: Envelope
  ) -> EventBatch {
    var options = options
    options.format = .automatic
    var builder = BatchBuilder(options: options, envelope: envelope, header: [])
    var joiners = ContainerLines.perStream
    builder.line(original.span, 0..<original.count, line: 1, fault: fault, &joiners)
    return builder.build(input: original)
  }
}
