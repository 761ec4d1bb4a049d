import Bytes

extension Mapping {
  /// Lines of names and values, as Go programs write them.
  static let logfmt = Mapping(
    .logfmt, "logfmt",
    .line { bytes, parts in
      guard Logfmt.parse(bytes, &parts) else { return false }
      return parts.range("msg") != nil || parts.range("message") != nil || parts.range("level") != nil
        || parts.range("time") != nil || parts.range("ts") != nil || parts.parts.count >= 3
    },
    isGeneric: true,
    rules: GenericFields.rules)
}
