/// Which byte of a number comes first in a file.
@usableFromInline
package enum ByteOrder: Sendable {
  /// The most significant byte: networks, Java, SQLite pages, rpm headers.
  case big
  /// The least significant byte: ZIP, ELF on x86, and most current formats.
  case little
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// The number at an offset.
  ///
  /// - Parameter offset: from the start of the collection, whatever its indices. It may be any number from a file.
  /// - Returns: nil where the collection ends before it. Never traps.
  @inlinable
  package func integer<Number: FixedWidthInteger>(
    at offset: Int, _ order: ByteOrder, as type: Number.Type = Number.self
  ) -> Number? {
    let width = Number.bitWidth / 8
    guard offset >= 0, width <= count, offset <= count - width else { return nil }
    var value: Number = 0
    let first = startIndex + offset
    switch order {
    case .big: for index in 0..<width { value = value << 8 | Number(truncatingIfNeeded: self[first + index]) }
    case .little:
      for index in 0..<width { value |= Number(truncatingIfNeeded: self[first + index]) << Number(8 * index) }
    }
    return value
  }

  /// The unsigned number of `width` bytes, from 1 to 8.
  ///
  /// - Returns: nil where the collection ends before it, or where it exceeds `Int`.
  @inlinable
  package func integer(at offset: Int, width: Int, _ order: ByteOrder) -> Int? {
    guard (1...8).contains(width), offset >= 0, width <= count, offset <= count - width else { return nil }
    var value: UInt64 = 0
    let first = startIndex + offset
    for index in 0..<width {
      let byte = self[first + (order == .big ? index : width - 1 - index)]
      value = value << 8 | UInt64(byte)
    }
    return Int(exactly: value)
  }

  /// A number of bytes at an offset; nil where there are fewer.
  @inlinable
  package func bytes(at offset: Int, count length: Int) -> SubSequence? {
    guard offset >= 0, length >= 0, length <= count, offset <= count - length else { return nil }
    return self[startIndex + offset..<startIndex + offset + length]
  }
}
