import Bytes

/// `"%d of %s".format([...])` (cel-go `ext/formatting.go` and `ext/formatting_v2.go`).
struct Formatter {
  /// Whether numbers are written plainly, as the specification has it; the versions of cel-go's library before 4 write
  /// them as people in the United States do.
  let isPlain: Bool

  /// One clause: `%s`, `%.3f`.
  struct Clause {
    let verb: Unicode.Scalar
    let precision: Int?
  }

  /// Most digits after the point.
  private static let mostDigits = 1_000

  func format(_ pattern: String, _ list: CELList) throws(CELFailure) -> String {
    var result = ""
    var index = 0
    try Self.scan(pattern) { piece throws(CELFailure) in
      switch piece {
      case .text(let text): result += text
      case .argument:
        guard index < list.count else { throw .argument("index \(index) out of range") }
      case .clause(let clause):
        do throws(CELFailure) {
          result += try write(list[index], clause)
        } catch {
          throw .argument("error during formatting: " + error.message)
        }
        index += 1
      }
      guard result.utf8.count <= Libraries.longestText else { throw .costLimit }
    }
    return result
  }

  enum Piece {
    case text(String)
    /// A percent sign: an argument is wanted.
    case argument
    case clause(Clause)
  }

  /// Goes through the pieces of a pattern.
  static func scan(_ pattern: String, _ piece: (Piece) throws(CELFailure) -> Void) throws(CELFailure) {
    let scalars = Array(pattern.unicodeScalars)
    var index = 0
    while index < scalars.count {
      guard scalars[index] == "%" else {
        var end = index
        while end < scalars.count, scalars[end] != "%" { end += 1 }
        try piece(.text(String(String.UnicodeScalarView(scalars[index..<end]))))
        index = end
        continue
      }
      if index + 1 < scalars.count, scalars[index + 1] == "%" {
        try piece(.text("%"))
        index += 2
        continue
      }
      try piece(.argument)
      index += 1
      guard index < scalars.count else { throw .argument("unexpected end of string") }
      var precision: Int?
      if scalars[index] == "." {
        index += 1
        var digits = ""
        while index < scalars.count, scalars[index].value &- 0x30 < 10 {
          digits.unicodeScalars.append(scalars[index])
          index += 1
        }
        guard index < scalars.count else {
          throw .argument(
            "could not parse formatting clause: error while parsing precision: could not find end of precision specifier"
          )
        }
        guard let value = Int(digits), value <= mostDigits else {
          throw .argument(
            "could not parse formatting clause: error while parsing precision: error while converting precision to integer: "
              + GoText.badNumber(digits))
        }
        precision = value
      }
      let verb = scalars[index]
      index += 1
      guard ["s", "d", "f", "e", "b", "x", "X", "o"].contains(verb) else {
        throw .argument("could not parse formatting clause: unrecognized formatting clause \"\(verb)\"")
      }
      try piece(.clause(Clause(verb: verb, precision: precision)))
    }
  }

  private func write(_ value: CELValue, _ clause: Clause) throws(CELFailure) -> String {
    switch clause.verb {
    case "s": return try text(value)
    case "d":
      switch value {
      case .int(let number): return String(number)
      case .uint(let number): return String(number)
      case .double(let number) where isPlain: return Self.special(number) ?? GoFloat.decimal(number)
      default: throw Self.refused("decimal clause can only be used on integers", isPlain, value.type.name)
      }
    case "f": return try fixed(value, clause.precision ?? 6)
    case "e": return try scientific(value, clause.precision ?? 6)
    case "b":
      switch value {
      case .int(let number): return String(number, radix: 2)
      case .uint(let number): return String(number, radix: 2)
      case .bool(let truth): return truth ? "1" : "0"
      default: throw Self.refused("only integers and bools can be formatted as binary", isPlain, value.type.name)
      }
    case "o":
      switch value {
      case .int(let number): return String(number, radix: 8)
      case .uint(let number): return String(number, radix: 8)
      default: throw Self.refused("octal clause can only be used on integers", isPlain, value.type.name)
      }
    default:
      let upper = clause.verb == "X"
      switch value {
      case .int(let number): return String(number, radix: 16, uppercase: upper)
      case .uint(let number): return String(number, radix: 16, uppercase: upper)
      case .string(let text): return Self.hex(Array(text.utf8), upper)
      case .bytes(let bytes): return Self.hex(bytes, upper)
      default:
        throw Self.refused(
          "only integers, byte buffers, and strings can be formatted as hex", isPlain, value.type.name)
      }
    }
  }

  static func refused(_ rule: String, _ isPlain: Bool, _ type: String) -> CELFailure {
    .argument("\(rule), was given \(type)")
  }

  static let textRule =
    "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"

  private static func hex(_ bytes: [UInt8], _ upper: Bool) -> String {
    let digits = Array((upper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func special(_ value: Double) -> String? {
    value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : nil
  }

  // MARK: Texts

  private func text(_ value: CELValue) throws(CELFailure) -> String {
    if isPlain { return try plainText(value) }
    switch value {
    case .list(let list): return try listText(list)
    case .map(let map): return try mapText(map)
    case .null: return "null"
    case .int, .uint, .double, .bool, .string, .timestamp, .bytes, .duration:
      guard case .string(let text) = try value.converted(to: .string) else { throw .noSuchOverload }
      return text
    case .type(let type): return type.name
    default: throw Self.refused(Self.textRule, isPlain, value.type.name)
    }
  }

  /// An element of a list or map, as a literal of the language would be written.
  private func literal(_ value: CELValue) throws(CELFailure) -> String {
    switch value {
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .string(let text): return GoText.quoted(text)
    case .bytes: return "b" + GoText.quoted(try text(value))
    case .bool, .null, .type: return try text(value)
    case .timestamp: return "timestamp(\(GoText.quoted(try text(value))))"
    case .duration: return "duration(\(GoText.quoted(try text(value))))"
    case .list(let list): return try listText(list)
    case .map(let map): return try mapText(map)
    case .double(let number):
      if number.isNaN { return "\"NaN\"" }
      if number.isInfinite { return number < 0 ? "\"-Inf\"" : "\"+Inf\"" }
      return Self.decimal(number, 6)
    default: throw .argument("no formatting function for \(value.type.name)")
    }
  }

  private func listText(_ list: CELList) throws(CELFailure) -> String {
    var parts: [String] = []
    for index in 0..<list.count { parts.append(try literal(list[index])) }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  private func mapText(_ map: CELMap) throws(CELFailure) -> String {
    var parts: [(key: String, value: String)] = []
    for entry in map.entries {
      switch entry.key {
      case .string, .bool, .int, .uint: parts.append((try literal(entry.key), try literal(entry.value)))
      default: throw .argument("no formatting function for map key of type \(entry.key.type.name)")
      }
    }
    parts.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return "{" + parts.map { $0.key + ":" + $0.value }.joined(separator: ", ") + "}"
  }

  private func plainText(_ value: CELValue) throws(CELFailure) -> String {
    switch value {
    case .bool(let truth): return truth ? "true" : "false"
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .double(let number): return Self.special(number) ?? GoFloat.decimal(number)
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .string(let text): return text
    case .duration(let duration): return GoFloat.decimal(GoDuration.seconds(duration)) + "s"
    case .timestamp(let time): return CELTimestamp(seconds: time.seconds, nanoseconds: time.nanoseconds).text
    case .null: return "null"
    case .type(let type): return type.name
    case .list(let list):
      var parts: [String] = []
      for index in 0..<list.count { parts.append(try plainText(list[index])) }
      return "[" + parts.joined(separator: ", ") + "]"
    case .map(let map):
      var parts: [(key: String, value: String)] = []
      for entry in map.entries { parts.append((try plainText(entry.key), try plainText(entry.value))) }
      parts.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return "{" + parts.map { $0.key + ": " + $0.value }.joined(separator: ", ") + "}"
    default: throw Self.refused(Self.textRule, isPlain, value.type.name)
    }
  }

  // MARK: Numbers

  private func number(_ value: CELValue, _ rule: String) throws(CELFailure) -> Double {
    switch value {
    case .double(let number): return number
    case .int(let number) where isPlain: return Double(number)
    case .uint(let number) where isPlain: return Double(number)
    case .string("NaN") where !isPlain: return .nan
    case .string("Infinity") where !isPlain: return .infinity
    case .string("-Infinity") where !isPlain: return -.infinity
    default: throw Self.refused(rule, isPlain, value.type.name)
    }
  }

  private func fixed(_ value: CELValue, _ precision: Int) throws(CELFailure) -> String {
    let number = try number(value, "fixed-point clause can only be used on doubles")
    if isPlain { return Self.special(number) ?? Self.decimal(number, precision) }
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-\u{221E}" : "\u{221E}" }
    return Self.grouped(Self.decimal(number, precision))
  }

  private func scientific(_ value: CELValue, _ precision: Int) throws(CELFailure) -> String {
    let number = try number(value, "scientific clause can only be used on doubles")
    if isPlain { return Self.special(number) ?? Self.scientific(number, precision) }
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-\u{221E}" : "\u{221E}" }
    let plain = Self.scientific(number, precision)
    guard let mark = plain.firstIndex(of: "e") else { return plain }
    var exponent = ""
    for scalar in plain[plain.index(after: mark)...].unicodeScalars where scalar != "+" {
      exponent.unicodeScalars.append(Self.superscript[scalar] ?? scalar)
    }
    return plain[..<mark] + "\u{202F}\u{00D7}\u{202F}10" + exponent
  }

  private static let superscript: [Unicode.Scalar: Unicode.Scalar] = [
    "0": "\u{2070}", "1": "\u{00B9}", "2": "\u{00B2}", "3": "\u{00B3}", "4": "\u{2074}", "5": "\u{2075}",
    "6": "\u{2076}", "7": "\u{2077}", "8": "\u{2078}", "9": "\u{2079}", "-": "\u{207B}",
  ]

  private static func grouped(_ text: String) -> String {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var digits = String(parts[0])
    let sign = digits.hasPrefix("-") ? "-" : ""
    if !sign.isEmpty { digits.removeFirst() }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return sign + result + (parts.count > 1 ? "." + parts[1] : "")
  }

  /// `%.Nf`: exact decimal digits, half to even.
  static func decimal(_ value: Double, _ precision: Int) -> String {
    let exact = ExactDecimal(value)
    let digits = exact.rounded(toFraction: precision)
    let padded = String(repeating: "0", count: max(0, precision + 1 - digits.count)) + digits
    let point = padded.index(padded.endIndex, offsetBy: -precision)
    let body = precision == 0 ? padded : padded[..<point] + "." + padded[point...]
    return (value.sign == .minus ? "-" : "") + body
  }

  /// `%.Ne`.
  static func scientific(_ value: Double, _ precision: Int) -> String {
    let exact = ExactDecimal(value)
    let (digits, exponent) = exact.rounded(toSignificant: precision + 1)
    let size = exponent.magnitude
    return (value.sign == .minus ? "-" : "") + digits.prefix(1) + (precision == 0 ? "" : "." + digits.dropFirst())
      + (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + String(size)
  }
}

/// All decimal digits of a double.
struct ExactDecimal {
  /// From the most significant; no leading zeros.
  private var digits: [UInt8]
  /// How many of them stand before the point; negative for zeros behind it.
  private var point: Int

  init(_ value: Double) {
    let magnitude = value.magnitude
    guard magnitude > 0, magnitude.isFinite else {
      digits = []
      point = 0
      return
    }
    // magnitude = significand * 2^exponent with a whole significand.
    var exponent = Int(magnitude.exponent) - 52
    var significand = magnitude.significandBitPattern
    if magnitude.isNormal {
      significand |= 1 << 52
    } else {
      exponent = -1074
    }
    digits = String(significand).utf8.map { $0 - 0x30 }
    point = digits.count
    if exponent > 0 {
      for _ in 0..<exponent { double() }
    } else {
      for _ in exponent..<0 { halve() }
    }
    trim()
  }

  private mutating func double() {
    var carry: UInt8 = 0
    for index in digits.indices.reversed() {
      let next = digits[index] * 2 + carry
      digits[index] = next % 10
      carry = next / 10
    }
    if carry > 0 {
      digits.insert(carry, at: 0)
      point += 1
    }
  }

  private mutating func halve() {
    var rest: UInt8 = 0
    for index in digits.indices {
      let next = rest * 10 + digits[index]
      digits[index] = next / 2
      rest = next % 2
    }
    if rest > 0 { digits.append(5) }
  }

  private mutating func trim() {
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    point -= zeros
    while digits.last == 0 { digits.removeLast() }
  }

  /// The first `count` digits, rounded half to even; may carry into one more.
  private func rounded(_ count: Int) -> (digits: [UInt8], carried: Bool) {
    guard count >= 0 else { return ([], false) }
    guard count < digits.count else { return (digits + [UInt8](repeating: 0, count: count - digits.count), false) }
    var kept = Array(digits[..<count])
    let rest = digits[count...]
    let isOdd = (kept.last ?? 0) % 2 == 1
    let first = rest.first ?? 0
    let isUp = first > 5 || first == 5 && (rest.dropFirst().contains { $0 > 0 } || isOdd)
    guard isUp else { return (kept, false) }
    for index in kept.indices.reversed() {
      if kept[index] < 9 {
        kept[index] += 1
        return (kept, false)
      }
      kept[index] = 0
    }
    return ([1] + kept, true)
  }

  private static func text(_ digits: [UInt8]) -> String { String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self) }

  /// The number times 10 to the power of `places`, as a whole number.
  func rounded(toFraction places: Int) -> String {
    let count = point + places
    if digits.isEmpty || count < 0 { return "0" }
    let text = Self.text(rounded(count).digits)
    return text.isEmpty ? "0" : text
  }

  /// `count` digits, and the exponent of the first.
  func rounded(toSignificant count: Int) -> (digits: String, exponent: Int) {
    guard !digits.isEmpty else { return (String(repeating: "0", count: count), 0) }
    let made = rounded(count)
    return (Self.text(Array(made.digits.prefix(count))), point - 1 + (made.carried ? 1 : 0))
  }
}
