/// Conversions between types: `int(x)`, `string(x)`, `timestamp(x)`.
extension CELValue {
  /// - Throws: `type conversion error from 'A' to 'B'`, or an overflow.
  func converted(to type: CELType) throws(CELFailure) -> CELValue {
    switch (self, type) {
    case (.int, .int), (.uint, .uint), (.double, .double), (.string, .string), (.bool, .bool), (.bytes, .bytes),
      (.duration, .duration), (.timestamp, .timestamp):
      return self
    case (.int(let value), .uint):
      guard value >= 0 else { throw .uintOverflow }
      return .uint(UInt64(value))
    case (.int(let value), .double): return .double(Double(value))
    case (.int(let value), .string): return .string(String(value))
    case (.int(let value), .timestamp):
      guard value >= CELTimestamp.earliest, value <= CELTimestamp.latest else { throw .timestampOverflow }
      return .timestamp(CELTimestamp(seconds: value))
    case (.uint(let value), .int):
      guard let whole = Int64(exactly: value) else { throw .intOverflow }
      return .int(whole)
    case (.uint(let value), .double): return .double(Double(value))
    case (.uint(let value), .string): return .string(String(value))
    case (.double(let value), .int):
      guard value > -9_223_372_036_854_775_808, value < 9_223_372_036_854_775_808 else { throw .intOverflow }
      return .int(Int64(value))
    case (.double(let value), .uint):
      guard value >= 0, value < 18_446_744_073_709_551_616 else { throw .uintOverflow }
      return .uint(UInt64(value))
    case (.double(let value), .string): return .string(GoFloat.general(value))
    case (.bool(let value), .string): return .string(value ? "true" : "false")
    case (.bytes(let bytes), .string):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CELFailure(.conversion, "invalid UTF-8 in bytes, cannot convert to string")
      }
      return .string(text)
    case (.duration(let value), .string): return .string(GoFloat.decimal(GoDuration.seconds(value)) + "s")
    case (.duration(let value), .int): return .int(value)
    case (.timestamp(let value), .string): return .string(value.text)
    case (.timestamp(let value), .int): return .int(value.seconds)
    case (.string(let text), _): if let value = try Self.read(text, as: type) { return value }
    case (_, .type): return .type(self.type)
    default: break
    }
    throw .conversion(self.type, type)
  }

  private static func read(_ text: String, as type: CELType) throws(CELFailure) -> CELValue? {
    switch type {
    case .int: return Self.wholeNumber(text).flatMap { Int64($0) }.map { .int($0) }
    case .uint: return text.hasPrefix("+") || text.hasPrefix("-") ? nil : UInt64(text).map { .uint($0) }
    case .double: return GoFloat.parse(text).map { .double($0) }
    case .bool:
      switch text {
      case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
      case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
      default: return nil
      }
    case .bytes: return .bytes(Array(text.utf8))
    case .duration: return GoDuration.parse(text).map { .duration($0) }
    case .timestamp:
      guard let time = CELTimestamp(text: text) else { return nil }
      guard time.seconds >= CELTimestamp.earliest, time.seconds <= CELTimestamp.latest else { throw .timestampOverflow }
      return .timestamp(time)
    case .type: return .type(.string)
    default: return nil
    }
  }

  private static func wholeNumber(_ text: String) -> String? { text.isEmpty ? nil : text }

  /// Whether `optional.ofNonZeroValue` takes it for nothing.
  var isZero: Bool {
    switch self {
    case .null: true
    case .bool(let value): !value
    case .int(let value): value == 0
    case .uint(let value): value == 0
    case .double(let value): value == 0
    case .string(let value): value.isEmpty
    case .bytes(let value): value.isEmpty
    case .duration(let value): value == 0
    case .timestamp(let value): value.seconds == CELTimestamp.earliest && value.nanoseconds == 0
    case .list(let list): list.count == 0
    case .map(let map): map.count == 0
    case .optional(let optional): optional.value == nil
    case .object(let object): object.fields.isEmpty
    case .type, .opaque, .variables: false
    }
  }
}

extension GoFloat {
  /// As `strconv.ParseFloat` reads it; nil for what it refuses, and beyond the range of a double.
  static func parse(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.last != 0x5F else { return nil }
    let body = first == 0x2B || first == 0x2D ? bytes.dropFirst() : bytes[...]
    switch String(decoding: body, as: UTF8.self).lowercased() {
    case "inf", "infinity": return first == 0x2D ? -Double.infinity : .infinity
    case "nan": return first == 0x2B || first == 0x2D ? nil : .nan
    default: break
    }
    let isHex = body.count > 2 && body[body.startIndex] == 0x30 && body[body.startIndex + 1] | 0x20 == 0x78
    if isHex {
      // Go wants an exponent of hexadecimal floats.
      guard body.contains(where: { $0 | 0x20 == 0x70 }) else { return nil }
    } else {
      guard body.first.map({ $0 == 0x2E || $0 &- 0x30 < 10 }) ?? false,
        body.allSatisfy({ $0 &- 0x30 < 10 || $0 == 0x2E || $0 | 0x20 == 0x65 || $0 == 0x2B || $0 == 0x2D }),
        body.contains(where: { $0 &- 0x30 < 10 })
      else { return nil }
    }
    var plain = text
    if plain.hasPrefix("+") { plain.removeFirst() }
    if plain.hasPrefix(".") { plain = "0" + plain }
    if plain.hasPrefix("-.") { plain = "-0" + plain.dropFirst() }
    guard let value = Double(plain), value.isFinite else { return nil }
    return value
  }
}
