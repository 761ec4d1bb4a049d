/// Finds where a MessagePack value ends while its bytes arrive, looking at each header once.
///
/// Nothing is built, so that no value costs more than the bytes that it has; nesting is counted and not followed.
///
/// Source: github.com/msgpack/msgpack, `spec.md`.
package struct MessagePackScanner {
  /// How far a value has come.
  package enum Step: Equatable {
    /// The value ends before this place.
    case complete(end: Int)
    /// More bytes are needed.
    case incomplete
    case faulty(Fault)
  }

  /// Why bytes are refused.
  package enum Fault: Error, Equatable {
    /// The one byte that begins no value.
    case reserved
    /// Nested deeper than the limit.
    case deep
    /// Longer than the limit, or says that it will be.
    case large
  }

  private let limit: Int
  private let depth: Int
  /// Place of the next header, from the beginning of the value.
  private var place = 0
  /// Values that are still to come on each level, from the outermost inward.
  private var open: [Int] = []

  /// - Parameters:
  ///   - limit: longest value in bytes.
  ///   - depth: deepest nesting of arrays and maps.
  package init(limit: Int, depth: Int) {
    self.limit = limit
    self.depth = depth
  }

  /// Goes on with what has arrived.
  ///
  /// - Parameters:
  ///   - bytes: the same as in the last call, and more of them.
  ///   - start: where the value begins.
  package mutating func scan(_ bytes: Span<UInt8>, from start: Int) -> Step {
    while true {
      guard start + place < bytes.count else { return .incomplete }
      guard let header = MessagePackHeader(bytes, start + place) else {
        return bytes[start + place] == MessagePackHeader.reserved ? .faulty(.reserved) : .incomplete
      }
      // Every value that is announced takes a byte at least.
      let announced = header.payload + header.children
      guard place + header.length + announced <= limit else { return .faulty(.large) }
      guard start + place + header.length + header.payload <= bytes.count else { return .incomplete }
      place += header.length + header.payload
      if header.children > 0 {
        guard open.count < depth else { return .faulty(.deep) }
        open.append(header.children)
        continue
      }
      while let last = open.last {
        if last > 1 {
          open[open.count - 1] = last - 1
          break
        }
        open.removeLast()
      }
      if open.isEmpty {
        let end = start + place
        place = 0
        return .complete(end: end)
      }
    }
  }
}

/// The bytes before the content of a value: what it is, and how much follows.
package struct MessagePackHeader {
  /// What a value is.
  package enum Kind: Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    /// Above the range of `Int64`.
    case unsigned(UInt64)
    case float(Double)
    case string
    case binary
    case array
    case map
    case application(Int8)
  }

  /// Never used by the format.
  package static let reserved: UInt8 = 0xC1

  package let kind: Kind
  /// Bytes of the header, numbers included.
  package let length: Int
  /// Bytes of content that follow it.
  package let payload: Int
  /// Values that follow it: of an array its elements, of a map its keys and values.
  package let children: Int

  /// - Returns: nil where its bytes are incomplete, and for the reserved one.
  package init?(_ bytes: Span<UInt8>, _ place: Int) {
    guard place >= 0, place < bytes.count else { return nil }
    let first = bytes[place]
    func number(_ width: Int, at offset: Int = 1) -> UInt64? {
      guard bytes.count - place >= offset + width else { return nil }
      var value: UInt64 = 0
      for index in 0..<width { value = value << 8 | UInt64(bytes[place + offset + index]) }
      return value
    }
    func signed(_ width: Int) -> Int64? {
      number(width).map { Int64(bitPattern: $0 << UInt64(64 - 8 * width)) >> Int64(64 - 8 * width) }
    }
    switch first {
    case 0x00...0x7F: self.init(.integer(Int64(first)), 1)
    case 0x80...0x8F: self.init(.map, 1, children: 2 * Int(first & 0x0F))
    case 0x90...0x9F: self.init(.array, 1, children: Int(first & 0x0F))
    case 0xA0...0xBF: self.init(.string, 1, payload: Int(first & 0x1F))
    case 0xC0: self.init(.null, 1)
    case 0xC2, 0xC3: self.init(.flag(first == 0xC3), 1)
    case 0xC4, 0xC5, 0xC6, 0xD9, 0xDA, 0xDB:
      let width = 1 << Int(first < 0xC7 ? first - 0xC4 : first - 0xD9)
      guard let count = number(width) else { return nil }
      self.init(first < 0xC7 ? .binary : .string, 1 + width, payload: Int(count))
    case 0xC7, 0xC8, 0xC9:
      let width = 1 << Int(first - 0xC7)
      guard let count = number(width), let type = number(1, at: 1 + width) else { return nil }
      self.init(.application(Int8(truncatingIfNeeded: type)), 2 + width, payload: Int(count))
    case 0xCA:
      guard let bits = number(4) else { return nil }
      self.init(.float(Double(Float(bitPattern: UInt32(bits)))), 5)
    case 0xCB:
      guard let bits = number(8) else { return nil }
      self.init(.float(Double(bitPattern: bits)), 9)
    case 0xCC...0xCF:
      let width = 1 << Int(first - 0xCC)
      guard let value = number(width) else { return nil }
      self.init(Int64(exactly: value).map { .integer($0) } ?? .unsigned(value), 1 + width)
    case 0xD0...0xD3:
      let width = 1 << Int(first - 0xD0)
      guard let value = signed(width) else { return nil }
      self.init(.integer(value), 1 + width)
    case 0xD4...0xD8:
      guard let type = number(1) else { return nil }
      self.init(.application(Int8(truncatingIfNeeded: type)), 2, payload: 1 << Int(first - 0xD4))
    case 0xDC, 0xDD, 0xDE, 0xDF:
      let width = first & 1 == 0 ? 2 : 4
      guard let count = number(width) else { return nil }
      let isMap = first >= 0xDE
      self.init(isMap ? .map : .array, 1 + width, children: Int(count) * (isMap ? 2 : 1))
    case 0xE0...0xFF: self.init(.integer(Int64(Int8(bitPattern: first))), 1)
    default: return nil
    }
  }

  private init(_ kind: Kind, _ length: Int, payload: Int = 0, children: Int = 0) {
    self.kind = kind
    self.length = length
    self.payload = payload
    self.children = children
  }
}
