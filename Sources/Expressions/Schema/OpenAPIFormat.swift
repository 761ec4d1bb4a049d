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
