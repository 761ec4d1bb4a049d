extension Mapping {
  /// JSON of any kind: the names that mean the same everywhere, and the schema's own. Everything else is reached by its
  /// path.
  static let json = Mapping(
    .json, "JSON of any kind", .object { _, _ in true },
    content: Content(paths: RecordEnvelopes.paths, isContainerOutput: false, isOnlyKnown: true), isGeneric: true,
    rules: GenericFields.rules)

  /// Tables, whose columns have names of fields or any other.
  static let csv = Mapping(
    .csv, "Comma-separated values", .line { _, _ in false },
    content: Content(paths: RecordEnvelopes.paths, isContainerOutput: false, isOnlyKnown: true), isGeneric: true,
    rules: GenericFields.rules)

  /// Any line.
  static let text = Mapping(
    .text, "Plain text",
    .line { bytes, parts in
      parts.add("message", 0..<bytes.count)
      CarriedText.add(bytes, &parts)
      return true
    },
    content: Content(paths: ["record"], isContainerOutput: false, isOnlyKnown: true), isGeneric: true,
    rules: [
      .copy("message", to: .message),
      .compute(.timestamp, from: ["message"]) { bytes, extractor in
        extractor.setTime(EventTime.leading(bytes, near: extractor.options.nearby))
      },
    ])
}

/// A record at the end of a line: what tools print before the lines of a log (`kubectl logs --timestamps --prefix`, `stern`,
/// `aws logs tail`), or the text of a record as `jq` prints it, in quotes.
private enum CarriedText {
  /// Bytes before the record in which it is looked for.
  private static let mostPrefix = 512

  static func add(_ bytes: Span<UInt8>, _ parts: inout LineParts) {
    guard bytes.count > 2 else { return }
    switch bytes[bytes.count - 1] {
    case 0x7D:
      if let brace = bytes.first(0x7B, from: 0, to: min(bytes.count, mostPrefix)), brace > 0 {
        parts.add("record", brace..<bytes.count)
      }
    case 0x22 where bytes[0] == 0x22 && (bytes[1] == 0x7B || bytes[1] == 0x5C):
      var isEscaped = false
      guard JSONScan.stringEnd(bytes, 1, &isEscaped) == bytes.count - 1 else { return }
      var text: [UInt8] = []
      JSONScan.unescape(bytes, 1..<bytes.count - 1, into: &text)
      parts.add("record", made: text)
    default: break
    }
  }
}
