import Bytes

/// JSON in the one form that is signed: keys in order, no white space, integers only, and only `"` and `\` escaped.
///
/// Source: wiki.laptop.org, "Canonical JSON", as TUF uses it.
enum CanonicalJSON {
  static func bytes(_ node: DocumentNode, of input: TrustInput) throws(TrustFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    try append(node, input, &bytes)
    return bytes
  }

  private static func append(_ node: DocumentNode, _ input: TrustInput, _ bytes: inout [UInt8]) throws(TrustFailure) {
    switch node.content {
    case .null: bytes += Array("null".utf8)
    case .bool(let flag): bytes += Array((flag ? "true" : "false").utf8)
    case .int(let number): bytes += Array(String(number).utf8)
    case .double: throw .malformed(input, "a number in it is no integer of 64 bits")
    case .string(let text): append(text, &bytes)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        try append(item, input, &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let mapping):
      bytes.append(UInt8(ascii: "{"))
      // By code points, which in UTF-8 is the order of the bytes.
      let entries = mapping.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, entry) in entries.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(entry.key, &bytes)
        bytes.append(UInt8(ascii: ":"))
        try append(entry.value, input, &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func append(_ text: String, _ bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
