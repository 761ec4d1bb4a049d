/// Percent-encoding of URLs. Source: RFC 3986, section 2.1.
package enum PercentEncoding {
  /// Letters, digits and `-._~`, which are never encoded (RFC 3986, section 2.3).
  package static let unreserved = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

  /// - Parameter kept: bytes that are not encoded; all others become `%` and two upper-case digits.
  package static func encode(_ text: some StringProtocol, keeping kept: ByteSet = unreserved) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in text.utf8 {
      if kept.contains(byte) {
        output.append(byte)
      } else {
        output += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// - Returns: nil where a `%` is not followed by two digits, or where the result is not UTF-8.
  package static func decode(_ text: some StringProtocol) -> String? {
    let (bytes, isSound) = bytes(text)
    return isSound ? String(validating: bytes, as: UTF8.self) : nil
  }

  /// Decodes as browsers do: a `%` without two digits stays, and invalid UTF-8 becomes U+FFFD (URL Standard,
  /// "percent-decode").
  package static func decodeLeniently(_ text: some StringProtocol) -> String {
    String(decoding: bytes(text).bytes, as: UTF8.self)
  }

  private static func bytes(_ text: some StringProtocol) -> (bytes: [UInt8], isSound: Bool) {
    var output: [UInt8] = []
    var isSound = true
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25 {
        if rest.count >= 2, let high = Hex.value(rest[rest.startIndex]), let low = Hex.value(rest[rest.startIndex + 1])
        {
          output.append(high << 4 | low)
          rest.removeFirst(2)
          continue
        }
        isSound = false
      }
      output.append(byte)
    }
    return (output, isSound)
  }
}
