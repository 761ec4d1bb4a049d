import Bytes

/// Writes what `ByteReader` reads.
struct ByteWriter {
  var bytes: [UInt8] = []

  /// In groups of seven bits, lowest first.
  mutating func variable(_ number: UInt64) {
    var rest = number
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func variable(_ number: Int) { variable(UInt64(clamping: number)) }

  /// A number that may be negative: small ones of either sign take few bytes.
  mutating func signed(_ number: Int64) { variable(UInt64(bitPattern: (number << 1) ^ (number >> 63))) }

  mutating func text(_ text: String) {
    variable(text.utf8.count)
    bytes += text.utf8
  }

  mutating func fixed(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

extension ByteReader {
  /// A number that is at most a limit; nil for any other.
  mutating func count(atMost limit: Int) -> Int? {
    guard let number = variableInteger(), number <= UInt64(limit) else { return nil }
    return Int(number)
  }

  mutating func signed() -> Int64? {
    guard let number = variableInteger() else { return nil }
    return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }

  mutating func text() -> String? {
    guard let length = count(atMost: remaining), let part = take(length) else { return nil }
    return String(decoding: part, as: UTF8.self)
  }
}
