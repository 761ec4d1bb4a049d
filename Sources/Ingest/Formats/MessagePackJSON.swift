import Bytes

/// MessagePack as JSON: text byte by byte, also where it is no UTF-8, so that what a sender wrote is what is kept.
struct MessagePackJSON {
  /// Deepest nesting, which readers of JSON follow.
  static let depth = 64
  /// Longest description of a group of entries.
  static let groupBytes = 64 << 10

  private(set) var bytes: [UInt8] = []
  private let limit: Int

  /// - Parameter limit: most bytes of all values together.
  init(limit: Int) { self.limit = limit }

  var isWithinLimit: Bool { bytes.count <= limit }

  mutating func write(_ reader: inout MessagePackReader, level: Int = 0) throws(MessagePackFailure) {
    guard level < Self.depth else { throw .malformed }
    guard bytes.count < limit else { throw .large }
    switch try reader.next() {
    case .null: add("null")
    case .flag(let flag): add(flag ? "true" : "false")
    case .integer(let number): add(String(number))
    case .unsigned(let number): add(String(number))
    case .float(let number): add(Self.text(number))
    case .string(let range), .binary(let range): write(text: reader.bytes[range])
    case .array(let count):
      bytes.append(0x5B)
      for index in 0..<count {
        if index > 0 { bytes.append(0x2C) }
        try write(&reader, level: level + 1)
      }
      bytes.append(0x5D)
    case .map(let count):
      bytes.append(0x7B)
      for index in 0..<count {
        if index > 0 { bytes.append(0x2C) }
        _ = try writeKey(&reader, level: level + 1)
        try write(&reader, level: level + 1)
      }
      bytes.append(0x7D)
    case .application(let type, let range):
      if type == ForwardTime.type, let time = ForwardTime.read(reader.bytes[range]) {
        return write(text: time.text.utf8)
      }
      add("{\"type\":\(type),\"data\":\"\(Base64.encode(reader.bytes[range]))\"}")
    }
  }

  /// A key with its colon. One that is no text is written as the text of its JSON.
  ///
  /// - Returns: the text of the key; nil for one that is none.
  mutating func writeKey(_ reader: inout MessagePackReader, level: Int) throws(MessagePackFailure) -> Range<Int>? {
    var ahead = reader
    var found: Range<Int>?
    switch try ahead.next() {
    case .string(let range), .binary(let range):
      reader = ahead
      write(text: reader.bytes[range])
      found = range
    default:
      var key = MessagePackJSON(limit: limit - min(limit, bytes.count))
      try key.write(&reader, level: level)
      write(text: key.bytes)
    }
    bytes.append(0x3A)
    return found
  }

  mutating func write(text: some Sequence<UInt8>) {
    bytes.append(0x22)
    for byte in text {
      switch byte {
      case 0x22, 0x5C:
        bytes.append(0x5C)
        bytes.append(byte)
      case 0x0A: add("\\n")
      case 0x0D: add("\\r")
      case 0x09: add("\\t")
      case 0..<0x20:
        add("\\u00")
        bytes.append(Self.digits[Int(byte >> 4)])
        bytes.append(Self.digits[Int(byte & 0x0F)])
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  mutating func add(_ text: some StringProtocol) { bytes += text.utf8 }

  mutating func add(_ more: ArraySlice<UInt8>) { bytes += more }

  /// Takes back what was written after a place.
  mutating func truncate(to count: Int) { bytes.removeLast(max(0, bytes.count - count)) }

  private static let digits = Array("0123456789abcdef".utf8)

  /// JSON has no infinity, and a number without a fraction is no float.
  private static func text(_ number: Double) -> String {
    guard number.isFinite else { return "\"\(number)\"" }
    return Int64(exactly: number).map(String.init) ?? "\(number)"
  }
}
