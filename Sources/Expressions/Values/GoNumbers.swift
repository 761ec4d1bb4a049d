/// Numbers as text, as Go's `strconv` and `fmt` write them.
enum GoFloat {
  /// Shortest decimal digits that give the number back, and the place of the point before the first of them.
  private static func digits(_ value: Double) -> (digits: [UInt8], point: Int) {
    let text = Array("\(value.magnitude)".utf8)
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == 0x2E {
        point = digits.count
      } else if byte == 0x65 {
        exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
        break
      } else {
        digits.append(byte)
      }
      index += 1
    }
    var place = (point ?? digits.count) + exponent
    let zeros = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(zeros)
    place -= zeros
    while digits.last == 0x30 { digits.removeLast() }
    return digits.isEmpty ? ([0x30], 1) : (digits, place)
  }

  private static func special(_ value: Double) -> String? {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return nil
  }

  /// `%g`.
  static func general(_ value: Double) -> String {
    if let special = special(value) { return special }
    let (_, point) = digits(value)
    let exponent = point - 1
    return exponent < -4 || exponent >= 21 ? scientific(value) : decimal(value)
  }

  /// `strconv.FormatFloat(value, 'f', -1, 64)`.
  static func decimal(_ value: Double) -> String {
    if let special = special(value) { return special }
    let (digits, point) = digits(value)
    var text = value.sign == .minus ? "-" : ""
    if point <= 0 {
      if digits == [0x30] { return text + "0" }
      text += "0." + String(repeating: "0", count: -point) + String(decoding: digits, as: UTF8.self)
    } else if point >= digits.count {
      text += String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: point - digits.count)
    } else {
      text +=
        String(decoding: digits[..<point], as: UTF8.self) + "." + String(decoding: digits[point...], as: UTF8.self)
    }
    return text
  }

  /// `%e` with as many digits as are needed.
  static func scientific(_ value: Double) -> String {
    if let special = special(value) { return special }
    let (digits, point) = digits(value)
    let exponent = digits == [0x30] ? 0 : point - 1
    var text = value.sign == .minus ? "-" : ""
    text += String(decoding: digits[..<1], as: UTF8.self)
    if digits.count > 1 { text += "." + String(decoding: digits[1...], as: UTF8.self) }
    text += exponent < 0 ? "e-" : "e+"
    let size = exponent.magnitude
    return text + (size < 10 ? "0" : "") + String(size)
  }
}

enum GoDuration {
  /// Reads a duration as Go's `time.ParseDuration`: `1h30m`, `-1.5s`; nil for anything else, and beyond 64 bits of
  /// nanoseconds.
  static func parse(_ text: String) -> Int64? {
    var bytes = Array(text.utf8)[...]
    var negative = false
    if let sign = bytes.first, sign == 0x2D || sign == 0x2B {
      negative = sign == 0x2D
      bytes = bytes.dropFirst()
    }
    if bytes.elementsEqual([0x30]) { return 0 }
    guard !bytes.isEmpty else { return nil }
    let limit = UInt64(1) << 63
    var total: UInt64 = 0
    while !bytes.isEmpty {
      var whole: UInt64 = 0
      var digits = 0
      while let byte = bytes.first, byte &- 0x30 < 10 {
        guard whole <= limit / 10 else { return nil }
        whole = whole * 10 + UInt64(byte - 0x30)
        guard whole <= limit else { return nil }
        bytes = bytes.dropFirst()
        digits += 1
      }
      var fraction: UInt64 = 0
      var scale = 1.0
      if bytes.first == 0x2E {
        bytes = bytes.dropFirst()
        var overflowed = false
        while let byte = bytes.first, byte &- 0x30 < 10 {
          bytes = bytes.dropFirst()
          digits += 1
          if overflowed { continue }
          if fraction > (limit - 1) / 10 {
            overflowed = true
            continue
          }
          let next = fraction * 10 + UInt64(byte - 0x30)
          if next > limit {
            overflowed = true
            continue
          }
          fraction = next
          scale *= 10
        }
      }
      guard digits > 0 else { return nil }
      var name: [UInt8] = []
      while let byte = bytes.first, byte != 0x2E, byte &- 0x30 >= 10 {
        name.append(byte)
        bytes = bytes.dropFirst()
      }
      let unit: UInt64
      switch String(decoding: name, as: UTF8.self) {
      case "ns": unit = 1
      case "us", "\u{B5}s", "\u{3BC}s": unit = 1_000
      case "ms": unit = 1_000_000
      case "s": unit = 1_000_000_000
      case "m": unit = 60_000_000_000
      case "h": unit = 3_600_000_000_000
      default: return nil
      }
      guard whole <= limit / unit else { return nil }
      var value = whole * unit
      if fraction > 0 {
        value &+= UInt64(Double(fraction) * (Double(unit) / scale))
        guard value <= limit else { return nil }
      }
      let sum = total.addingReportingOverflow(value)
      guard !sum.overflow, sum.partialValue <= limit else { return nil }
      total = sum.partialValue
    }
    if negative { return total == limit ? Int64.min : -Int64(total) }
    return total < limit ? Int64(total) : nil
  }

  static func seconds(_ value: Int64) -> Double {
    Double(value / 1_000_000_000) + Double(value % 1_000_000_000) / 1e9
  }

  /// As Go prints a duration: `1h0m0s`, `1.5ms`.
  static func text(_ value: Int64) -> String {
    if value == 0 { return "0s" }
    let size = value.magnitude
    let sign = value < 0 ? "-" : ""
    func fraction(_ part: UInt64, _ unit: UInt64) -> String {
      var digits = String(part)
      digits = String(repeating: "0", count: String(unit).count - 1 - digits.count) + digits
      while digits.hasSuffix("0") { digits.removeLast() }
      return digits.isEmpty ? "" : "." + digits
    }
    if size < 1_000 { return sign + String(size) + "ns" }
    if size < 1_000_000 { return sign + String(size / 1_000) + fraction(size % 1_000, 1_000) + "\u{B5}s" }
    if size < 1_000_000_000 { return sign + String(size / 1_000_000) + fraction(size % 1_000_000, 1_000_000) + "ms" }
    let seconds = size / 1_000_000_000
    var text = String(seconds % 60) + fraction(size % 1_000_000_000, 1_000_000_000) + "s"
    if seconds >= 60 { text = String(seconds / 60 % 60) + "m" + text }
    if seconds >= 3600 { text = String(seconds / 3600) + "h" + text }
    return sign + text
  }
}
