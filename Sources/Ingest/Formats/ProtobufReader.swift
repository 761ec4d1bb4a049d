/// Reads the wire format of Protocol Buffers, field by field, within the bytes that it was given.
///
/// Source: protobuf.dev, "Encoding".
struct ProtobufReader {
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
  }

  /// The bytes are no message: a length beyond the end, a number that does not end, a wire type that is not known.
  struct Malformed: Error, Equatable {}

  private let bytes: [UInt8]
  private var place: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
    self.bytes = bytes
    place = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  /// - Returns: the next field with its number; nil at the end.
  mutating func next() throws(Malformed) -> (field: Int, value: Value)? {
    guard place < end else { return nil }
    let tag = try varint()
    guard let field = Int(exactly: tag >> 3), field > 0, field < 1 << 29 else { throw Malformed() }
    switch tag & 7 {
    case 0: return (field, .varint(try varint()))
    case 1: return (field, .fixed64(try fixed(8)))
    case 2:
      let length = try varint()
      guard length <= UInt64(end - place) else { throw Malformed() }
      let range = place..<(place + Int(length))
      place = range.upperBound
      return (field, .bytes(range))
    case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw Malformed()
    }
  }

  private mutating func varint() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard place < end else { throw Malformed() }
      let byte = bytes[place]
      place += 1
      guard shift < 63 || byte <= 1 else { throw Malformed() }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw Malformed()
  }

  private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
    guard end - place >= count else { throw Malformed() }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[place + index]) << UInt64(8 * index) }
    place += count
    return value
  }
}
