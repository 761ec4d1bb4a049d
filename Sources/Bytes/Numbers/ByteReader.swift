/// Reads a file of binary data from front to back. Every number and length is checked before it is used, so that no file, however
/// broken, ends the process: what is not there is nil.
@usableFromInline
package struct ByteReader<Bytes: RandomAccessCollection> where Bytes.Element == UInt8, Bytes.Index == Int {
  @usableFromInline
  package let bytes: Bytes
  /// Where the next byte stands, from the beginning of `bytes`. A place outside of them, which a file may name, has no bytes.
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

  /// The next number; nil, and nothing read, where not all of its bytes are there.
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

  /// The next bytes; nil, and nothing read, where there are fewer.
  @inlinable
  package mutating func take(_ count: Int) -> Bytes.SubSequence? {
    guard let part = bytes.bytes(at: offset, count: count) else { return nil }
    offset += count
    return part
  }

  /// - Returns: false, and nothing skipped, where there are fewer bytes.
  @inlinable
  package mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= remaining else { return false }
    offset += count
    return true
  }

  /// An unsigned number in groups of seven bits, the lowest first (LEB128, DWARF 5, section 7.6; Go's `binary.Uvarint`).
  ///
  /// - Returns: nil where it does not end, or is more than 64 bits.
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
