import Bytes

/// JSON as signatures need it: one document in UTF-8, and no key twice, since two readers would disagree on its meaning.
enum StrictJSON {
  static func read(_ bytes: [UInt8], of input: TrustInput) throws(TrustFailure) -> DocumentNode {
    guard bytes.count <= TrustLimits.documentBytes else {
      throw .tooLarge(input, limit: TrustLimits.documentBytes, unit: "bytes")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed(input, "it is not UTF-8") }
    let node: DocumentNode
    do { node = try JSONReader.read(bytes.span) } catch {
      throw .malformed(input, "\(error.message) (line \(error.line), column \(error.column))")
    }
    try refuseRepeatedKeys(node, of: input)
    return node
  }

  private static func refuseRepeatedKeys(_ node: DocumentNode, of input: TrustInput) throws(TrustFailure) {
    switch node.content {
    case .object(let mapping):
      if let key = mapping.repeated.first { throw .malformed(input, "the key \(key.key) occurs twice") }
      for entry in mapping.entries { try refuseRepeatedKeys(entry.value, of: input) }
    case .array(let items): for item in items { try refuseRepeatedKeys(item, of: input) }
    default: break
    }
  }
}

extension DocumentNode {
  /// Bytes in base 64, in the standard or the URL alphabet, with or without padding: the JSON mapping of protocol buffers
  /// and DSSE allow all of them. Line breaks are ignored, as Go's decoder does.
  func base64(_ key: String, of input: TrustInput) throws(TrustFailure) -> [UInt8] {
    guard let text = self[key]?.string else { throw .malformed(input, "\(key) is missing") }
    guard let bytes = Self.decodeBase64(text) else { throw .malformed(input, "\(key) is not base 64") }
    return bytes
  }

  static func decodeBase64(_ text: String) -> [UInt8]? {
    var letters: [UInt8] = []
    letters.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"): letters.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): letters.append(UInt8(ascii: "/"))
      default: letters.append(byte)
      }
    }
    let standard = String(decoding: letters, as: UTF8.self)
    return Base64.decode(exactly: standard, isPadded: standard.hasSuffix("="))
  }

  /// An integer of 64 bits that is not negative, as a number or, as protocol buffers write it, as text.
  func unsigned(_ key: String, of input: TrustInput) throws(TrustFailure) -> UInt64? {
    guard let node = self[key] else { return nil }
    switch node.content {
    case .int(let value): if let value = UInt64(exactly: value), value <= UInt64(Int64.max) { return value }
    case .string(let text):
      if !text.isEmpty, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let value = UInt64(text), value <= UInt64(Int64.max)
      {
        return value
      }
    default: break
    }
    throw .malformed(input, "\(key) is not a number from 0 to 2^63 - 1")
  }
}
