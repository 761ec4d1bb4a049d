/// Hexadecimal digits. Source: RFC 4648, section 8.
package enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Two lower-case digits per byte.
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.underestimatedCount * 2)
    append(bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The lower-case digits of a number with leading zeros, such as sixteen for a `UInt64`.
  package static func text<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) -> String {
    var text: [UInt8] = []
    for place in (0..<Number.bitWidth / 4).reversed() { text.append(digits[Int(number >> Number(4 * place) & 15)]) }
    return String(decoding: text, as: UTF8.self)
  }

  static func append(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }

  /// The value of a digit in either case; nil for any other byte.
  package static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }

  /// - Returns: nil for an odd number of digits, or for any other character.
  package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in text.utf8 {
      guard let value = value(digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? bytes : nil
  }
}
