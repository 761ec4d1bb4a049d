/// What literals stand for.
enum Literal {
  struct Invalid: Error {
    let message: String
  }

  /// The bytes of a string or bytes literal, quotes, prefix and escapes resolved; of strings, UTF-8.
  static func unquoted(_ text: ArraySlice<Unicode.Scalar>, isBytes: Bool) throws(Invalid) -> [UInt8] {
    // Line ends count as \n.
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.count)
    var afterReturn = false
    for scalar in text {
      if scalar == "\r" {
        scalars.append("\n")
      } else if scalar != "\n" || !afterReturn {
        scalars.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    var body = scalars[...]
    if isBytes { body = body.dropFirst() }
    var raw = false
    if body.first == "r" || body.first == "R" {
      raw = true
      body = body.dropFirst()
    }
    guard let quote = body.first else { throw Invalid(message: "unable to unescape string") }
    let isLong = body.count >= 6 && body.prefix(3).allSatisfy { $0 == quote }
    body = body.dropFirst(isLong ? 3 : 1).dropLast(isLong ? 3 : 1)
    var result: [UInt8] = []
    result.reserveCapacity(body.count)
    var index = body.startIndex
    func append(_ scalar: Unicode.Scalar) {
      result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
    func number(_ digits: ArraySlice<Unicode.Scalar>, _ base: UInt32) -> UInt32 {
      digits.reduce(0) { sum, digit in
        let low = digit.value | 0x20
        return sum &* base &+ (low >= 0x61 ? low - 0x61 + 10 : digit.value &- 0x30)
      }
    }
    while index < body.endIndex {
      let scalar = body[index]
      guard scalar == "\\", !raw, index + 1 < body.endIndex else {
        append(scalar)
        index += 1
        continue
      }
      let mark = body[index + 1]
      index += 2
      switch mark {
      case "a": result.append(0x07)
      case "b": result.append(0x08)
      case "f": result.append(0x0C)
      case "n": result.append(0x0A)
      case "r": result.append(0x0D)
      case "t": result.append(0x09)
      case "v": result.append(0x0B)
      case "x", "X", "u", "U", "0"..."3":
        let count = mark == "u" ? 4 : mark == "U" ? 8 : 2
        if isBytes, mark == "u" || mark == "U" { throw Invalid(message: "unable to unescape string") }
        guard index + count <= body.endIndex else { throw Invalid(message: "unable to unescape string") }
        var value = number(body[index..<index + count], mark.value < 0x3A ? 8 : 16)
        if mark.value < 0x3A { value += (mark.value - 0x30) * 64 }
        index += count
        if isBytes {
          result.append(UInt8(truncatingIfNeeded: value))
        } else {
          guard let made = Unicode.Scalar(value) else { throw Invalid(message: "invalid unicode code point") }
          append(made)
        }
      default: append(mark)
      }
    }
    return result
  }

  /// An int literal with its sign; nil beyond 64 bits.
  static func int(_ text: String) -> Int64? {
    let negative = text.hasPrefix("-")
    let digits = negative ? text.dropFirst() : text[...]
    let isHex = digits.hasPrefix("0x")
    return Int64((negative ? "-" : "") + (isHex ? digits.dropFirst(2) : digits), radix: isHex ? 16 : 10)
  }

  /// A uint literal with its `u`; nil beyond 64 bits.
  static func uint(_ text: String) -> UInt64? {
    let digits = text.dropLast()
    let isHex = digits.hasPrefix("0x")
    return UInt64(isHex ? digits.dropFirst(2) : digits, radix: isHex ? 16 : 10)
  }

  /// A double literal with its sign; nil beyond the range of a double.
  static func double(_ text: String) -> Double? {
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
