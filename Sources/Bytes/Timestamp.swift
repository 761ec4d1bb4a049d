/// A moment as RFC 3339 writes it.
package struct Timestamp: Sendable, Hashable, Comparable {
  /// Since 1970-01-01T00:00:00Z.
  package let epochSeconds: Int64
  package let nanoseconds: Int32

  package init(epochSeconds: Int64, nanoseconds: Int32 = 0) {
    self.epochSeconds = epochSeconds
    self.nanoseconds = nanoseconds
  }

  package static func < (a: Timestamp, b: Timestamp) -> Bool {
    (a.epochSeconds, a.nanoseconds) < (b.epochSeconds, b.nanoseconds)
  }

  /// - Returns: nil for what RFC 3339 does not allow.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 64 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for index in range {
        guard bytes[index] &- 0x30 < 10 else { return nil }
        value = value * 10 + Int(bytes[index] &- 0x30)
      }
      return value
    }
    guard let year = number(0..<4), bytes[4] == 0x2D, let month = number(5..<7), bytes[7] == 0x2D,
      let day = number(8..<10), bytes[10] == 0x54 || bytes[10] == 0x74, let hour = number(11..<13), bytes[13] == 0x3A,
      let minute = number(14..<16), bytes[16] == 0x3A, let second = number(17..<19), (1...12).contains(month),
      day >= 1, day <= Self.days(month, year), hour < 24, minute < 60, second < 60
    else { return nil }
    var index = 19
    var fraction = 0
    if bytes[index] == 0x2E || bytes[index] == 0x2C {
      var digits = 0
      index += 1
      while index < bytes.count, bytes[index] &- 0x30 < 10 {
        if digits < 9 { fraction = fraction * 10 + Int(bytes[index] &- 0x30) }
        digits += 1
        index += 1
      }
      guard digits > 0 else { return nil }
      while digits < 9 {
        fraction *= 10
        digits += 1
      }
    }
    guard index < bytes.count else { return nil }
    var offset = 0
    switch bytes[index] {
    case 0x5A, 0x7A:
      guard index + 1 == bytes.count else { return nil }
    case 0x2B, 0x2D:
      guard index + 6 == bytes.count, bytes[index + 3] == 0x3A, let hours = number(index + 1..<index + 3),
        let minutes = number(index + 4..<index + 6), hours <= 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (bytes[index] == 0x2D ? -60 : 60)
    default: return nil
    }
    epochSeconds = Int64(Self.days(since: year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset)
    nanoseconds = Int32(fraction)
  }

  private static func days(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar. Source: H. Hinnant, "chrono-Compatible Low-Level Date
  /// Algorithms", days_from_civil.
  private static func days(since year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `2026-11-28T13:36:11.000000Z`
  ///
  /// - Parameter digits: of the fraction, 0 to 9; the rest is cut off.
  package func text(digits: Int) -> String {
    if digits <= 0 { return text(fraction: "") }
    let all = String(nanoseconds)
    return text(fraction: "." + (String(repeating: "0", count: max(0, 9 - all.count)) + all).prefix(digits))
  }

  private func text(fraction: String) -> String {
    let (quotient, remainder) = epochSeconds.quotientAndRemainder(dividingBy: 86400)
    let seconds = remainder < 0 ? remainder + 86400 : remainder
    let days = remainder < 0 ? quotient - 1 : quotient
    // civil_from_days of the same source.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(seconds / 3600, 2) + ":"
      + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + fraction + "Z"
  }
}
