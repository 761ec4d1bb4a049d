/// Reads binary data from front to back. Every number and length is checked before use, so that no damaged file can
/// crash the process: missing data is nil.
@usableFromInline
package struct ByteReader<Bytes: RandomAccessCollection> where Bytes.Element == UInt8, Bytes.Index == Int {
  @usableFromInline
  package let bytes: Bytes
  /// Position of the next byte, from the start of `bytes`. A position outside, which a file may contain, has no bytes.
  @usableFromInline
  package var offset: Int

  @inlinable
  package init(_ bytes: Bytes, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  @inlinable
  package var remaining: Int { (0...bytes.count).contains(offset) ? bytes.count - offset : 0 }
  @inlinable
  package var isAtEnd: Bool { remaining == 0 }

  /// The next number; nil, without reading anything, where its bytes are incomplete.
  @inlinable
  package mutating func integer<Number: FixedWidthInteger>(
    _ order: ByteOrder, as type: Number.Type = Number.self
  ) -> Number? {
    guard let value = bytes.integer(at: offset, order, as: type) else { return nil }
    offset += Number.bitWidth / 8
    return value
  }

  @inlinable
  package mutating func byte() -> UInt8? {
    guard remaining > 0 else { return nil }
    defer { offset += 1 }
    return bytes[bytes.startIndex + offset]
  }

  /// The next bytes; nil, without reading anything, where there are fewer.
  @inlinable
  package mutating func take(_ count: Int) -> Bytes.SubSequence? {
    guard let part = bytes.bytes(at: offset, count: count) else { return nil }
    offset += count
    return part
  }

  /// - Returns: false, without skipping anything, where there are fewer bytes.
  @inlinable
  package mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= remaining else { return false }
    offset += count
    return true
  }

  /// An unsigned number in groups of seven bits, lowest first (LEB128, DWARF 5, section 7.6; Go's `binary.Uvarint`).
  ///
  /// - Returns: nil where it is incomplete or exceeds 64 bits.
  @inlinable
  package mutating func variableInteger() -> UInt64? {
    guard remaining > 0 else { return nil }
    var value: UInt64 = 0
    var place = offset
    var shift: UInt64 = 0
    while place < bytes.count, shift < 64 {
      let byte = bytes[bytes.startIndex + place]
      place += 1
      let part = UInt64(byte & 0x7F)
      guard shift < 63 || part <= 1 else { return nil }
      value |= part << shift
      if byte < 0x80 {
        offset = place
        return value
      }
      shift += 7
    }
    return nil
  }
}

extension ByteReader: Sendable where Bytes: Sendable {}
