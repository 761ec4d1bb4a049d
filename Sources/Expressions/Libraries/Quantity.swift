/// A quantity of a resource, `1.5Gi`, as Kubernetes reads it (apimachinery, `pkg/api/resource`).
///
/// Small ones are a whole number and a power of ten; others are decimals of any length, which `isInteger()` takes for no
/// integers though they may be.
struct Quantity: Sendable {
  struct Invalid: Error {
    let message: String
  }

  private static let wrongForm = Invalid(
    message: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
  private static let wrongSuffix = Invalid(message: "unable to parse quantity's suffix")

  private enum Amount: Sendable {
    /// value × 10^scale
    case small(Int64, scale: Int)
    case large(Decimal)
  }

  private let amount: Amount

  private init(_ amount: Amount) { self.amount = amount }

  init(_ whole: Int64) { amount = .small(whole, scale: 0) }

  private static let suffixes: [String: (base: Int, exponent: Int)] = [
    "": (10, 0), "n": (10, -9), "u": (10, -6), "m": (10, -3), "k": (10, 3), "M": (10, 6), "G": (10, 9), "T": (10, 12),
    "P": (10, 15), "E": (10, 18), "Ki": (2, 10), "Mi": (2, 20), "Gi": (2, 30), "Ti": (2, 40), "Pi": (2, 50),
    "Ei": (2, 60),
  ]

  /// Longest text that is read, in bytes.
  private static let longest = 4_096

  init(_ text: String) throws(Invalid) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.count <= Self.longest else { throw Self.wrongForm }
    var index = 0
    let isNegative = bytes[0] == UInt8(ascii: "-")
    if isNegative || bytes[0] == UInt8(ascii: "+") { index = 1 }
    func digits() -> [UInt8] {
      let start = index
      while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
      return bytes[start..<index].map { $0 - 0x30 }
    }
    while index < bytes.count, bytes[index] == 0x30 { index += 1 }
    var whole = digits()
    if whole.isEmpty { whole = [0] }
    var fraction: [UInt8] = []
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      fraction = digits()
    }
    let start = index
    while index < bytes.count, "eEinumkKMGTP".utf8.contains(bytes[index]) { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") { index += 1 }
    while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
    guard index == bytes.count else { throw Self.wrongForm }
    let suffix = String(decoding: bytes[start...], as: UTF8.self)
    let base: Int
    let exponent: Int
    if let known = Self.suffixes[suffix] {
      (base, exponent) = known
    } else if suffix.utf8.count > 1, suffix.hasPrefix("e") || suffix.hasPrefix("E"),
      let power = Int64(suffix.dropFirst())
    {
      base = 10
      // Go keeps 32 bits of it.
      exponent = Int(Int32(truncatingIfNeeded: power))
    } else {
      throw Self.wrongSuffix
    }
    if let small = Self.small(whole, fraction, base, exponent, isNegative) {
      amount = small
      return
    }
    // A lone point is no number.
    guard text.utf8.contains(where: { $0 &- 0x30 < 10 }) else {
      throw Invalid(message: "unable to parse numeric part of quantity")
    }
    var decimal = Decimal(digits: whole + fraction, exponent: -fraction.count, isNegative: false)
    if base == 10 {
      decimal.exponent += exponent
    } else {
      for _ in 0..<max(0, exponent) { decimal.double() }
    }
    decimal.roundUp(toPlaces: 9)
    if base == 2, decimal.compareMagnitude(Decimal(Int64.max)) > 0 { decimal = Decimal(Int64.max) }
    decimal.isNegative = isNegative && !decimal.isZero
    amount = .large(decimal)
  }

  private static func small(
    _ whole: [UInt8], _ fraction: [UInt8], _ base: Int, _ exponent: Int, _ isNegative: Bool
  ) -> Amount? {
    var factor: Int64 = 1
    var scale = 0
    let precision: Int
    if base == 10 {
      scale = exponent
      precision = 18 - whole.count - fraction.count
    } else {
      guard fraction.isEmpty else { return nil }
      factor = 1 << Int64(exponent)
      precision = 15 - whole.count - exponent * 3 / 10 - 1
    }
    guard precision >= 0 else { return nil }
    scale -= fraction.count
    guard scale >= -9 else { return nil }
    let value = (whole + fraction).reduce(Int64(0)) { $0 &* 10 &+ Int64($1) }
    let product = value.multipliedReportingOverflow(by: factor)
    guard !product.overflow else { return nil }
    return .small(isNegative ? -product.partialValue : product.partialValue, scale: scale)
  }

  private var decimal: Decimal {
    switch amount {
    case .small(let value, let scale):
      var decimal = Decimal(value)
      decimal.exponent += scale
      return decimal
    case .large(let decimal): return decimal
    }
  }

  var sign: Int {
    switch amount {
    case .small(let value, _): Int(value.signum())
    case .large(let decimal): decimal.isZero ? 0 : decimal.isNegative ? -1 : 1
    }
  }

  /// The value as an integer, where it is kept as a small one and is one.
  var whole: Int64? {
    guard case .small(var value, let scale) = amount, scale >= 0 else { return nil }
    if value == 0 { return 0 }
    guard scale <= 19 else { return nil }
    for _ in 0..<scale {
      let product = value.multipliedReportingOverflow(by: 10)
      guard !product.overflow else { return nil }
      value = product.partialValue
    }
    return value
  }

  var approximate: Double {
    switch amount {
    case .small(let value, let scale): scale == 0 ? Double(value) : Double(value) * Self.power(scale)
    case .large(let decimal):
      (Double(decimal.digits.isEmpty ? "0" : String(decoding: decimal.digits.map { $0 + 0x30 }, as: UTF8.self))
        ?? .infinity)
        * (decimal.isNegative ? -1 : 1) * Self.power(decimal.exponent)
    }
  }

  private static func power(_ exponent: Int) -> Double {
    exponent < -323 ? 0 : exponent > 308 ? .infinity : Double("1e\(exponent)") ?? 0
  }

  func compare(_ other: Quantity) -> Int { decimal.compare(other.decimal) }

  var negated: Quantity {
    switch amount {
    case .small(let value, let scale) where value != .min: return Quantity(.small(-value, scale: scale))
    default:
      var decimal = decimal
      decimal.isNegative.toggle()
      return Quantity(.large(decimal))
    }
  }

  /// The sum; nil where it has too many digits to be kept.
  func adding(_ other: Quantity) -> Quantity? {
    if case .small(let a, let m) = amount, case .small(let b, let n) = other.amount {
      if b == 0 { return self }
      if a == 0 { return other }
      if let sum = Self.sum(a, m, b, n) { return Quantity(.small(sum, scale: min(m, n))) }
    }
    return decimal.adding(other.decimal).map { Quantity(.large($0)) }
  }

  private static func sum(_ a: Int64, _ m: Int, _ b: Int64, _ n: Int) -> Int64? {
    func scaled(_ value: Int64, _ power: Int) -> Int64? {
      guard power <= 19 else { return nil }
      var result = value
      for _ in 0..<max(0, power) {
        let product = result.multipliedReportingOverflow(by: 10)
        guard !product.overflow else { return nil }
        result = product.partialValue
      }
      return result
    }
    let scale = min(m, n)
    guard let x = scaled(a, m - scale), let y = scaled(b, n - scale) else { return nil }
    let sum = x.addingReportingOverflow(y)
    return sum.overflow ? nil : sum.partialValue
  }
}

/// A decimal number of any length.
struct Decimal: Sendable {
  /// From the most significant; no leading zeros; empty for zero.
  private(set) var digits: [UInt8]
  /// The power of ten of the last digit.
  var exponent: Int
  var isNegative: Bool

  /// Most digits of a sum.
  private static let longest = 20_000

  init(digits: [UInt8], exponent: Int, isNegative: Bool) {
    self.digits = Array(digits.drop { $0 == 0 })
    self.exponent = exponent
    self.isNegative = isNegative
  }

  init(_ value: Int64) {
    self.init(digits: String(value.magnitude).utf8.map { $0 - 0x30 }, exponent: 0, isNegative: value < 0)
  }

  var isZero: Bool { digits.isEmpty }

  mutating func double() {
    var carry: UInt8 = 0
    for index in digits.indices.reversed() {
      let next = digits[index] * 2 + carry
      digits[index] = next % 10
      carry = next / 10
    }
    if carry > 0 { digits.insert(carry, at: 0) }
  }

  /// Away from zero, to so many digits behind the point.
  mutating func roundUp(toPlaces places: Int) {
    guard exponent < -places, !isZero else { return }
    let dropped = -places - exponent
    let rest = digits.suffix(min(dropped, digits.count))
    let isExact = rest.allSatisfy { $0 == 0 }
    digits = dropped >= digits.count ? [] : Array(digits.dropLast(dropped))
    exponent = -places
    guard !isExact else { return }
    for index in digits.indices.reversed() {
      if digits[index] < 9 {
        digits[index] += 1
        return
      }
      digits[index] = 0
    }
    digits.insert(1, at: 0)
  }

  func compareMagnitude(_ other: Decimal) -> Int {
    if isZero || other.isZero { return isZero ? (other.isZero ? 0 : -1) : 1 }
    let first = digits.count + exponent
    let second = other.digits.count + other.exponent
    if first != second { return first < second ? -1 : 1 }
    for index in 0..<max(digits.count, other.digits.count) {
      let a = index < digits.count ? digits[index] : 0
      let b = index < other.digits.count ? other.digits[index] : 0
      if a != b { return a < b ? -1 : 1 }
    }
    return 0
  }

  func compare(_ other: Decimal) -> Int {
    let a = isZero ? 0 : isNegative ? -1 : 1
    let b = other.isZero ? 0 : other.isNegative ? -1 : 1
    if a != b { return a < b ? -1 : 1 }
    return a * compareMagnitude(other)
  }

  /// Nil where the sum has too many digits.
  func adding(_ other: Decimal) -> Decimal? {
    if isZero { return other }
    if other.isZero { return self }
    let low = min(exponent, other.exponent)
    let high = max(digits.count + exponent, other.digits.count + other.exponent)
    guard high - low <= Self.longest else { return nil }
    func aligned(_ decimal: Decimal) -> [Int8] {
      var result = [Int8](repeating: 0, count: high - low)
      let start = high - decimal.digits.count - decimal.exponent
      for (index, digit) in decimal.digits.enumerated() { result[start + index] = Int8(digit) }
      return result
    }
    let isSum = isNegative == other.isNegative
    let swapped = !isSum && compareMagnitude(other) < 0
    let a = aligned(swapped ? other : self)
    let b = aligned(swapped ? self : other)
    var result = [UInt8](repeating: 0, count: a.count)
    var carry: Int8 = 0
    for index in result.indices.reversed() {
      var value = isSum ? a[index] + b[index] + carry : a[index] - b[index] - carry
      carry = 0
      if value > 9 {
        value -= 10
        carry = 1
      } else if value < 0 {
        value += 10
        carry = 1
      }
      result[index] = UInt8(value)
    }
    if carry > 0, isSum { result.insert(1, at: 0) }
    return Decimal(digits: result, exponent: low, isNegative: swapped ? other.isNegative : isNegative)
  }
}
