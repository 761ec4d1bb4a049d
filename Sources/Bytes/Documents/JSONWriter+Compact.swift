extension JSONWriter {
  /// The value on one line without blanks.
  ///
  /// - Parameter escapesHTML: whether `<`, `>`, `&` and the two line separators of Unicode are written as escapes, as Go's
  ///   encoder does.
  package static func compact(_ node: DocumentNode, escapesHTML: Bool = true) -> String {
    var writer = JSONWriter(pretty: false)
    writer.value(node)
    guard escapesHTML else { return writer.text }
    // They stand nowhere but in strings.
    var result: [UInt8] = []
    result.reserveCapacity(writer.bytes.count)
    var index = 0
    let bytes = writer.bytes
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "<"): result += "\\u003c".utf8
      case UInt8(ascii: ">"): result += "\\u003e".utf8
      case UInt8(ascii: "&"): result += "\\u0026".utf8
      case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8:
        result += (bytes[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8
        index += 2
      default: result.append(bytes[index])
      }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }
}
