/// Concise binary objects (RFC 8949) as COSE needs them: definite lengths, shortest lengths of keys not required, no key
/// twice.
enum CBOR: Hashable {
  case unsigned(UInt64)
  /// -1 - value.
  case negative(UInt64)
  case bytes([UInt8])
  case text(String)
  case array([CBOR])
  case map([Entry])
  indirect case tagged(UInt64, CBOR)
  case simple(UInt8)
  case double(Double)

  struct Entry: Hashable {
    let key: CBOR
    let value: CBOR
  }

  /// Reads exactly one value.
  static func read(_ bytes: [UInt8], of input: TrustInput) throws(TrustFailure) -> CBOR {
    guard bytes.count <= TrustLimits.documentBytes else {
      throw .tooLarge(input, limit: TrustLimits.documentBytes, unit: "bytes")
    }
    var reader = Reader(bytes: bytes, input: input)
    let value = try reader.value(depth: 0)
    guard reader.place == bytes.count else { throw .malformed(input, "bytes after the end of the CBOR value") }
    return value
  }

  private struct Reader {
    let bytes: [UInt8]
    let input: TrustInput
    var place = 0
    var items = 0

    mutating func argument(_ low: UInt8) throws(TrustFailure) -> UInt64 {
      guard low < 24 else {
        guard low <= 27 else { throw .malformed(input, "CBOR of indefinite length") }
        let width = 1 << Int(low - 24)
        guard bytes.count - place >= width else { throw .malformed(input, "the CBOR is incomplete") }
        var value: UInt64 = 0
        for _ in 0..<width {
          value = value << 8 | UInt64(bytes[place])
          place += 1
        }
        return value
      }
      return UInt64(low)
    }

    /// A length that the remaining bytes can hold, so that no number in the data reserves memory.
    mutating func length(_ low: UInt8) throws(TrustFailure) -> Int {
      let value = try argument(low)
      guard let length = Int(exactly: value), length <= bytes.count - place else {
        throw .malformed(input, "the CBOR is incomplete")
      }
      return length
    }

    mutating func value(depth: Int) throws(TrustFailure) -> CBOR {
      guard depth <= TrustLimits.cborDepth else {
        throw .tooLarge(input, limit: TrustLimits.cborDepth, unit: "levels of CBOR")
      }
      items += 1
      guard items <= TrustLimits.cborItems else {
        throw .tooLarge(input, limit: TrustLimits.cborItems, unit: "items of CBOR")
      }
      guard place < bytes.count else { throw .malformed(input, "the CBOR is incomplete") }
      let head = bytes[place]
      place += 1
      let low = head & 0x1F
      switch head >> 5 {
      case 0: return .unsigned(try argument(low))
      case 1: return .negative(try argument(low))
      case 2: return .bytes(try take(low))
      case 3:
        guard let text = String(validating: try take(low), as: UTF8.self) else {
          throw .malformed(input, "a text in the CBOR is not UTF-8")
        }
        return .text(text)
      case 4:
        var items: [CBOR] = []
        for _ in 0..<(try length(low)) { items.append(try value(depth: depth + 1)) }
        return .array(items)
      case 5:
        var entries: [Entry] = []
        var keys = Set<CBOR>()
        for _ in 0..<(try length(low)) {
          let key = try value(depth: depth + 1)
          guard keys.insert(key).inserted else { throw .malformed(input, "a key of the CBOR occurs twice") }
          entries.append(Entry(key: key, value: try value(depth: depth + 1)))
        }
        return .map(entries)
      case 6: return .tagged(try argument(low), try value(depth: depth + 1))
      default:
        switch low {
        case 0..<24: return .simple(low)
        case 26: return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try argument(low)))))
        case 27: return .double(Double(bitPattern: try argument(low)))
        default: throw .unsupported(input, "a number in the CBOR")
        }
      }
    }

    private mutating func take(_ low: UInt8) throws(TrustFailure) -> [UInt8] {
      let length = try length(low)
      defer { place += length }
      return Array(bytes[place..<place + length])
    }
  }

  /// The head of a value, for what is signed.
  static func head(_ major: UInt8, _ count: Int) -> [UInt8] {
    let major = major << 5
    switch count {
    case ..<24: return [major | UInt8(max(0, count))]
    case ..<256: return [major | 24, UInt8(count)]
    case ..<65536: return [major | 25, UInt8(count >> 8), UInt8(count & 0xFF)]
    default:
      return [major | 26]
        + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: UInt32(truncatingIfNeeded: count) >> $0) }
    }
  }

  subscript(key: CBOR) -> CBOR? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }
}
