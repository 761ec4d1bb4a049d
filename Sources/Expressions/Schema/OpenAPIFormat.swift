/// Formats of OpenAPI texts as kube-openapi's `strfmt` reads them.
enum OpenAPIFormat {
  /// `2006-01-02`.
  static func date(_ text: String) -> CELTimestamp? {
    guard text.utf8.count == 10 else { return nil }
    return CELTimestamp(text: text + "T00:00:00Z")
  }

  /// RFC 3339 with an optional fraction, or the same without a zone; the start of 1970 for nothing.
  static func dateTime(_ text: String) -> CELTimestamp? {
    if text.isEmpty { return CELTimestamp(seconds: 0) }
    return CELTimestamp(text: text) ?? CELTimestamp(text: text + "Z")
  }

  /// Go's durations, and numbers with units up to weeks: `3 days`, `1w`.
  static func duration(_ text: String) -> Int64? {
    if let plain = GoDuration.parse(text) { return plain }
    var total: Int64 = 0
    var rest = Substring(text)
    var found = false
    while true {
      rest = rest.drop { !$0.isASCII || !$0.isNumber }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty else { break }
      rest = rest.dropFirst(digits.count)
      rest = rest.drop { $0 == " " }
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(name.count)
      guard let count = Int64(digits), let unit = unit(String(name)) else { continue }
      found = true
      let product = count.multipliedReportingOverflow(by: unit)
      let sum = total.addingReportingOverflow(product.partialValue)
      guard !product.overflow, !sum.overflow else { return nil }
      total = sum.partialValue
    }
    return found ? total : nil
  }

  private static func unit(_ name: String) -> Int64? {
    switch name {
    case "ns", "nano": 1
    case "us", "\u{B5}s", "micro": 1_000
    case "ms", "milli": 1_000_000
    case "s", "sec", "secs", "second", "seconds": 1_000_000_000
    case "m", "min", "mins", "minute", "minutes": 60_000_000_000
    case "h", "hr", "hour", "hours": 3_600_000_000_000
    case "d", "day", "days": 86_400_000_000_000
    case "w", "wk", "week", "weeks": 604_800_000_000_000
    default: nil
    }
  }
}

/// Base64 (RFC 4648), standard alphabet with padding.
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      let second = index + 1 < bytes.count ? bytes[index + 1] : 0
      let third = index + 2 < bytes.count ? bytes[index + 2] : 0
      result.append(alphabet[Int(first >> 2)])
      result.append(alphabet[Int((first & 3) << 4 | second >> 4)])
      result.append(index + 1 < bytes.count ? alphabet[Int((second & 15) << 2 | third >> 6)] : 0x3D)
      result.append(index + 2 < bytes.count ? alphabet[Int(third & 63)] : 0x3D)
      index += 3
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Nil for what is no base64. Line ends are passed over, as Go does.
  ///
  /// - Parameter isPadded: whether padding must be there; if not, it must not be.
  static func decode(_ text: String, isPadded: Bool = true) -> [UInt8]? {
    let bytes = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }
    var end = bytes.count
    if isPadded {
      guard bytes.count % 4 == 0 else { return nil }
      if end > 0, bytes[end - 1] == 0x3D { end -= 1 }
      if end > 0, end < bytes.count, bytes[end - 1] == 0x3D { end -= 1 }
    }
    guard end % 4 != 1 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(end * 3 / 4)
    var held: UInt32 = 0
    var count = 0
    for byte in bytes[..<end] {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case 0x2B: value = 62
      case 0x2F: value = 63
      default: return nil
      }
      held = held << 6 | UInt32(value)
      count += 1
      if count == 4 {
        result += [
          UInt8(truncatingIfNeeded: held >> 16), UInt8(truncatingIfNeeded: held >> 8), UInt8(truncatingIfNeeded: held),
        ]
        held = 0
        count = 0
      }
    }
    if count == 2 { result.append(UInt8(truncatingIfNeeded: held >> 4)) }
    if count == 3 { result += [UInt8(truncatingIfNeeded: held >> 10), UInt8(truncatingIfNeeded: held >> 2)] }
    return result
  }
}
