import Bytes
import Testing

/// MessagePack as a client writes it.
indirect enum Pack: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  case null
  case flag(Bool)
  case int(Int)
  case float(Double)
  case str([UInt8])
  case bin([UInt8])
  case array([Pack])
  case map([(Pack, Pack)])
  case ext(Int8, [UInt8])

  init(stringLiteral value: String) { self = .str(Array(value.utf8)) }
  init(integerLiteral value: Int) { self = .int(value) }
  init(arrayLiteral elements: Pack...) { self = .array(elements) }
  init(dictionaryLiteral elements: (Pack, Pack)...) { self = .map(elements) }

  /// The time of an entry with nanoseconds.
  static func time(_ seconds: UInt32, _ nanosecond: UInt32 = 0) -> Pack {
    .ext(0, Self.big(seconds) + Self.big(nanosecond))
  }

  private static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
  }

  private static func size(_ count: Int, _ codes: [UInt8]) -> [UInt8] {
    if codes.count == 3, count < 1 << 8 { return [codes[0], UInt8(count)] }
    if count < 1 << 16 { return [codes[codes.count - 2]] + big(UInt16(count)) }
    return [codes[codes.count - 1]] + big(UInt32(count))
  }

  var bytes: [UInt8] {
    switch self {
    case .null: return [0xC0]
    case .flag(let flag): return [flag ? 0xC3 : 0xC2]
    case .int(let number):
      if (0..<128).contains(number) { return [UInt8(number)] }
      if (-32..<0).contains(number) { return [UInt8(bitPattern: Int8(number))] }
      if (0...Int(UInt32.max)).contains(number) { return [0xCE] + Self.big(UInt32(number)) }
      return [0xD3] + Self.big(Int64(number))
    case .float(let number): return [0xCB] + Self.big(number.bitPattern)
    case .str(let text):
      return (text.count < 32 ? [0xA0 | UInt8(text.count)] : Self.size(text.count, [0xD9, 0xDA, 0xDB])) + text
    case .bin(let data): return Self.size(data.count, [0xC4, 0xC5, 0xC6]) + data
    case .array(let elements):
      return (elements.count < 16 ? [0x90 | UInt8(elements.count)] : Self.size(elements.count, [0xDC, 0xDD]))
        + elements.flatMap(\.bytes)
    case .map(let pairs):
      return (pairs.count < 16 ? [0x80 | UInt8(pairs.count)] : Self.size(pairs.count, [0xDE, 0xDF]))
        + pairs.flatMap { $0.0.bytes + $0.1.bytes }
    case .ext(let type, let data):
      let head: [UInt8] = data.count == 8 ? [0xD7] : Self.size(data.count, [0xC7, 0xC8, 0xC9])
      return head + [UInt8(bitPattern: type)] + data
    }
  }
}

extension Pack: CustomTestStringConvertible {
  var testDescription: String {
    let bytes = bytes
    return Hex.text(bytes.prefix(40)) + (bytes.count > 40 ? "… (\(bytes.count) bytes)" : "")
  }
}
