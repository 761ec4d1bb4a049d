import FoundationEssentials

/// Numbers in order as the bytes of a column: the distance of each to the one before, seven bits a byte, the lowest first.
enum NumberList {
  static func data(_ numbers: [Int64]) -> Data {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * numbers.count)
    var before: Int64 = 0
    for number in numbers {
      var rest = UInt64(bitPattern: number &- before)
      before = number
      while rest > 127 {
        bytes.append(UInt8(rest & 127 | 128))
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    return Data(bytes)
  }

  static func numbers(_ data: Data) -> [Int64] {
    var numbers: [Int64] = []
    numbers.reserveCapacity(data.count)
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var before: Int64 = 0
    for byte in data {
      value |= UInt64(byte & 127) << shift
      shift += 7
      guard byte < 128 || shift > 63 else { continue }
      before &+= Int64(bitPattern: value)
      numbers.append(before)
      value = 0
      shift = 0
    }
    return numbers
  }
}
