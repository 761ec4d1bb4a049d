/// Why bytes cannot be read as MessagePack.
package enum MessagePackFailure: Error, Equatable {
  /// A length beyond the end, a value where another kind is wanted, too deep nesting.
  case malformed
  /// More than the limit comes of it.
  case large
}

/// Reads MessagePack value by value, within the bytes that it was given.
package struct MessagePackReader {
  /// A value, or the beginning of one that holds others.
  package enum Value: Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case float(Double)
    case string(Range<Int>)
    case binary(Range<Int>)
    /// Its elements follow.
    case array(Int)
    /// Its keys and values follow in turn.
    case map(Int)
    case application(Int8, Range<Int>)
  }

  package let bytes: [UInt8]
  package private(set) var place: Int
  package let end: Int

  package init(_ bytes: [UInt8], _ range: Range<Int>) {
    let range = range.clamped(to: bytes.indices)
    self.bytes = bytes
    place = range.lowerBound
    end = range.upperBound
  }

  package var isAtEnd: Bool { place >= end }

  /// The next value; of an array or a map only its beginning.
  package mutating func next() throws(MessagePackFailure) -> Value {
    guard let header = MessagePackHeader(bytes.span.extracting(0..<end), place),
      header.length + header.payload + header.children <= end - place
    else { throw .malformed }
    let content = place + header.length..<place + header.length + header.payload
    place = content.upperBound
    switch header.kind {
    case .null: return .null
    case .flag(let flag): return .flag(flag)
    case .integer(let number): return .integer(number)
    case .unsigned(let number): return .unsigned(number)
    case .float(let number): return .float(number)
    case .string: return .string(content)
    case .binary: return .binary(content)
    case .array: return .array(header.children)
    case .map: return .map(header.children / 2)
    case .application(let type): return .application(type, content)
    }
  }

  /// Passes over a whole value.
  ///
  /// - Returns: where it stands.
  package mutating func skip() throws(MessagePackFailure) -> Range<Int> {
    let start = place
    var left = 1
    while left > 0 {
      left -= 1
      switch try next() {
      case .array(let count): left += count
      case .map(let count): left += 2 * count
      default: break
      }
      // What is still announced takes a byte each at least.
      guard left <= end - place else { throw .malformed }
    }
    return start..<place
  }

  /// A value that is text, as old and new clients write it.
  package mutating func text() throws(MessagePackFailure) -> Range<Int> {
    switch try next() {
    case .string(let range), .binary(let range): return range
    default: throw .malformed
    }
  }
}
