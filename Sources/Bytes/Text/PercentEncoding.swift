/// Bytes of a URL that stand for others. Source: RFC 3986, section 2.1.
package enum PercentEncoding {
  /// Letters, digits and `-._~`, which never need it (RFC 3986, section 2.3).
  package static let unreserved = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

  /// - Parameter kept: bytes that stay as they are; all others become `%` and two upper-case digits.
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

  /// - Returns: nil where a `%` has not two digits behind it, or the bytes are no UTF-8.
  package static func decode(_ text: some StringProtocol) -> String? {
    var output: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == 0x25 else {
        output.append(byte)
        continue
      }
      guard let high = bytes.next().flatMap(Hex.value), let low = bytes.next().flatMap(Hex.value) else { return nil }
      output.append(high << 4 | low)
    }
    return String(validating: output, as: UTF8.self)
  }
}
