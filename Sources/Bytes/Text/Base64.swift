/// Base 64 with padding, as JSON holds bytes.
package enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (index, letter) in letters.enumerated() { table[Int(letter)] = UInt8(index) }
    return table
  }()

  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var result: [UInt8] = []
    var pending: UInt32 = 0
    var count = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      count += 1
      if count == 3 {
        for shift in [18, 12, 6, 0] as [UInt32] { result.append(letters[Int(pending >> shift & 63)]) }
        (pending, count) = (0, 0)
      }
    }
    if count == 1 {
      result += [letters[Int(pending >> 2 & 63)], letters[Int(pending << 4 & 63)], 0x3D, 0x3D]
    } else if count == 2 {
      result += [
        letters[Int(pending >> 10 & 63)], letters[Int(pending >> 4 & 63)], letters[Int(pending << 2 & 63)], 0x3D,
      ]
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// With the alphabet for URLs and without padding (RFC 4648, section 5).
  package static func encodeForURL(_ bytes: some Sequence<UInt8>) -> String {
    encode(bytes).filter { $0 != "=" }.replacing("+", with: "-").replacing("/", with: "_")
  }

  /// White space is passed over.
  ///
  /// - Returns: nil for what is not base 64.
  package static func decode(_ text: String) -> [UInt8]? { decode(exactly: text.filter { !$0.isWhitespace }) }

  /// Ends of lines alone are passed over, as Go's `encoding/base64` does.
  ///
  /// - Parameter isPadded: whether padding must be there; if not, it must not be.
  /// - Returns: nil for what is not base 64.
  package static func decode(exactly text: some StringProtocol, isPadded: Bool = true) -> [UInt8]? {
    var result: [UInt8] = []
    var pending: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text.utf8 {
      if byte == 0x0A || byte == 0x0D { continue }
      if byte == 0x3D {
        padding += 1
        continue
      }
      let value = values[Int(byte)]
      guard value != 0xFF, padding == 0 else { return nil }
      pending = pending << 6 | UInt32(value)
      count += 1
      if count == 4 {
        for shift in [16, 8, 0] as [UInt32] { result.append(UInt8(truncatingIfNeeded: pending >> shift)) }
        (pending, count) = (0, 0)
      }
    }
    switch (count, padding) {
    case (0, 0): return result
    case (2, isPadded ? 2 : 0): return result + [UInt8(truncatingIfNeeded: pending >> 4)]
    case (3, isPadded ? 1 : 0):
      return result + [UInt8(truncatingIfNeeded: pending >> 10), UInt8(truncatingIfNeeded: pending >> 2)]
    default: return nil
    }
  }

  /// Whether the text is what encoding its bytes would give.
  package static func isCanonical(_ text: String) -> Bool { canonical(text) == text }

  package static func canonical(_ text: String) -> String? { decode(exactly: text).map(encode) }
}
