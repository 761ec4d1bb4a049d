/// Turns UTF-16 into UTF-8, piece by piece.
package struct UTF16Stream: Sendable {
  private let isLittleEndian: Bool
  /// The first half of a unit whose second one has not arrived.
  private var half: UInt8?
  /// The first unit of a pair whose second one has not arrived.
  private var high: UInt16?
  private var isBegun = false
  /// Number of halves of characters, each of which became U+FFFD.
  package private(set) var broken = 0

  /// - Returns: nil for bytes that do not begin with the mark of UTF-16, or begin with that of UTF-32.
  package init?(startOf bytes: [UInt8]) {
    guard bytes.count >= 2, !bytes.starts(with: [0xFF, 0xFE, 0, 0]) else { return nil }
    switch bytes.withUnsafeBufferPointer({ TextEncoding(of: $0) }) {
    case .utf16LittleEndian: isLittleEndian = true
    case .utf16BigEndian: isLittleEndian = false
    case .utf8, .markedUTF8: return nil
    }
  }

  /// - Returns: the text of the bytes, without the mark.
  package mutating func decode(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    for byte in bytes {
      guard let first = half else {
        half = byte
        continue
      }
      half = nil
      add(isLittleEndian ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte), &output)
    }
    return output
  }

  /// - Returns: what stands for a character that was cut off.
  package mutating func finish() -> [UInt8] {
    var output: [UInt8] = []
    if high != nil || half != nil { replace(&output) }
    (high, half) = (nil, nil)
    return output
  }

  private mutating func add(_ unit: UInt16, _ output: inout [UInt8]) {
    if !isBegun {
      isBegun = true
      if unit == 0xFEFF { return }
    }
    if let first = high {
      high = nil
      if unit & 0xFC00 == 0xDC00 {
        put(0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(unit & 0x3FF)), &output)
        return
      }
      replace(&output)
    }
    switch unit & 0xFC00 {
    case 0xD800: high = unit
    case 0xDC00: replace(&output)
    default: put(UInt32(unit), &output)
    }
  }

  private mutating func replace(_ output: inout [UInt8]) {
    broken += 1
    put(0xFFFD, &output)
  }

  private func put(_ scalar: UInt32, _ output: inout [UInt8]) {
    // Halves of pairs do not come here.
    guard let scalar = Unicode.Scalar(scalar) else { return }
    output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }
}
