/// An amount as Kubernetes writes it: `500m`, `1.5Gi`, `1e3`.
///
/// Exact to a billionth, as the API server keeps it. Source of the rules: k8s.io/apimachinery `pkg/api/resource`
/// (`ParseQuantity`, `CanonicalizeBytes`).
package struct Quantity: Sendable, Hashable, Comparable {
  package enum Format: Sendable, Hashable {
    case decimal
    case binary
    case exponent
  }

  /// In billionths.
  package let billionths: Int128
  package let format: Format

  private static let unit: Int128 = 1_000_000_000
  /// The greatest amount is that of a 64-bit integer.
  private static let greatest = Int128(Int64.max) * unit

  package init(billionths: Int128, format: Format = .decimal) {
    self.billionths = min(max(billionths, -Self.greatest), Self.greatest)
    self.format = format
  }

  package init(_ whole: Int64, format: Format = .decimal) {
    self.init(billionths: Int128(whole) * Self.unit, format: format)
  }

  package static let zero = Quantity(0)

  /// - Returns: nil for what is no quantity.
  package init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    guard bytes.count <= 256, let first = bytes.first else { return nil }
    var isNegative = false
    if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      isNegative = first == UInt8(ascii: "-")
      bytes = bytes.dropFirst()
    }
    func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    let whole = bytes.prefix(while: isDigit)
    bytes = bytes.dropFirst(whole.count)
    var fraction: ArraySlice<UInt8> = []
    if bytes.first == UInt8(ascii: ".") {
      fraction = bytes.dropFirst().prefix(while: isDigit)
      bytes = bytes.dropFirst(1 + fraction.count)
    }
    guard !whole.isEmpty || !fraction.isEmpty, let scale = Scale(bytes) else { return nil }
    format = scale.format
    // Digits beyond what counts are cut off; the sign of what was cut off decides about rounding up.
    var amount: Int128 = 0
    var isGreat = false
    var rest = false
    // Decimal places of `amount`: positive behind the point.
    var places = 0
    for (digits, isFraction) in [(whole, false), (fraction, true)] {
      for byte in digits {
        let digit = Int128(byte &- 0x30)
        if amount > 100_000_000_000_000_000_000_000_000_000 {
          if isFraction { rest = rest || digit != 0 } else { isGreat = true }
          continue
        }
        amount = amount * 10 + digit
        if isFraction { places += 1 }
      }
    }
    if amount == 0 {
      billionths = 0
      return
    }
    // amount * 10^(9 - places) * scale
    var exponent = 9 - places + scale.ten
    var bits = scale.two
    while bits > 0 {
      let (product, overflow) = amount.multipliedReportingOverflow(by: 1024)
      if overflow { isGreat = true }
      amount = overflow ? amount : product
      bits -= 10
    }
    while exponent > 0, !isGreat {
      let (product, overflow) = amount.multipliedReportingOverflow(by: 10)
      if overflow || product > Self.greatest { isGreat = true } else { amount = product }
      exponent -= 1
    }
    while exponent < 0, amount != 0 {
      let (quotient, remainder) = amount.quotientAndRemainder(dividingBy: 10)
      rest = rest || remainder != 0
      amount = quotient
      exponent += 1
    }
    // The smallest amount there is stands for what is smaller; other parts of a billionth are rounded away from zero.
    if exponent < 0 || rest { amount += 1 }
    if isGreat || amount > Self.greatest { amount = Self.greatest }
    billionths = isNegative ? -amount : amount
  }

  private struct Scale {
    let ten: Int
    let two: Int
    let format: Format

    init?(_ suffix: ArraySlice<UInt8>) {
      let text = String(decoding: suffix, as: UTF8.self)
      switch text {
      case "": (ten, two, format) = (0, 0, .decimal)
      case "n": (ten, two, format) = (-9, 0, .decimal)
      case "u": (ten, two, format) = (-6, 0, .decimal)
      case "m": (ten, two, format) = (-3, 0, .decimal)
      case "k": (ten, two, format) = (3, 0, .decimal)
      case "M": (ten, two, format) = (6, 0, .decimal)
      case "G": (ten, two, format) = (9, 0, .decimal)
      case "T": (ten, two, format) = (12, 0, .decimal)
      case "P": (ten, two, format) = (15, 0, .decimal)
      case "E": (ten, two, format) = (18, 0, .decimal)
      case "Ki": (ten, two, format) = (0, 10, .binary)
      case "Mi": (ten, two, format) = (0, 20, .binary)
      case "Gi": (ten, two, format) = (0, 30, .binary)
      case "Ti": (ten, two, format) = (0, 40, .binary)
      case "Pi": (ten, two, format) = (0, 50, .binary)
      case "Ei": (ten, two, format) = (0, 60, .binary)
      default:
        guard let first = suffix.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E"),
          let exponent = Int(text.dropFirst()), (-1000...1000).contains(exponent)
        else { return nil }
        (ten, two, format) = (exponent, 0, .exponent)
      }
    }
  }

  package static func < (a: Quantity, b: Quantity) -> Bool { a.billionths < b.billionths }

  /// Equal amounts are equal, however they are written.
  package static func == (a: Quantity, b: Quantity) -> Bool { a.billionths == b.billionths }

  package func hash(into hasher: inout Hasher) { hasher.combine(billionths) }

  package var isZero: Bool { billionths == 0 }

  /// The sum, in the format of the first that is not zero.
  package static func + (a: Quantity, b: Quantity) -> Quantity {
    Quantity(billionths: a.billionths + b.billionths, format: a.isZero ? b.format : a.format)
  }

  package static func - (a: Quantity, b: Quantity) -> Quantity {
    Quantity(billionths: a.billionths - b.billionths, format: a.isZero ? b.format : a.format)
  }

  /// In thousandths, rounded up.
  package var thousandths: Int128 { Self.dividing(billionths, by: 1_000_000) }

  /// In units, rounded up.
  package var whole: Int64 { Int64(clamping: Self.dividing(billionths, by: Self.unit)) }

  /// The next amount that is a whole number of thousandths, away from zero.
  package var roundedToThousandths: Quantity {
    let (quotient, remainder) = billionths.quotientAndRemainder(dividingBy: 1_000_000)
    if remainder == 0 { return self }
    return Quantity(billionths: (quotient + (billionths < 0 ? -1 : 1)) * 1_000_000, format: format)
  }

  private static func dividing(_ value: Int128, by divisor: Int128) -> Int128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder == 0 ? quotient : quotient + (value < 0 ? -1 : 1)
  }

  /// The one way in which the API server writes the amount: no fraction, the greatest suffix that allows it.
  package var text: String {
    if billionths == 0 { return "0" }
    let (whole, fraction) = billionths.quotientAndRemainder(dividingBy: Self.unit)
    if format == .binary, whole.magnitude >= 1024, fraction == 0 {
      var value = whole
      var power = 0
      while value % 1024 == 0, power < 6 {
        value /= 1024
        power += 1
      }
      return String(value) + ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power]
    }
    var value = billionths
    var exponent = -9
    while value % 1000 == 0, exponent < 18 || format == .exponent {
      value /= 1000
      exponent += 3
    }
    if format == .exponent { return exponent == 0 ? String(value) : String(value) + "e" + String(exponent) }
    return String(value) + ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][exponent / 3 + 3]
  }
}
