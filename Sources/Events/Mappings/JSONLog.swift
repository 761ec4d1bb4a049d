extension Mapping {
  /// JSON of any kind: the names that mean the same everywhere, and the schema's own. Everything else is reached by its
  /// path.
  static let json = Mapping(
    .json, "JSON of any kind", .object { _, _ in true }, isGeneric: true, rules: GenericFields.rules)

  /// Tables, whose columns have names of fields or any other.
  static let csv = Mapping(
    .csv, "Comma-separated values", .line { _, _ in false }, isGeneric: true, rules: GenericFields.rules)

  /// Any line.
  static let text = Mapping(
    .text, "Plain text",
    .line { bytes, parts in
      parts.add("message", 0..<bytes.count)
      return true
    },
    isGeneric: true,
    rules: [
      .copy("message", to: .message),
      .compute(.timestamp, from: ["message"]) { bytes, extractor in
        extractor.setTime(EventTime.leading(bytes, near: extractor.options.nearby))
      },
    ])
}
