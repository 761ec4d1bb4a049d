/// A point in time, in the proleptic Gregorian calendar.
package struct CELTimestamp: Sendable, Equatable, Comparable {
  /// Since 1970-01-01T00:00:00Z; between 0001-01-01 and 9999-12-31.
  package let seconds: Int64
  /// 0 to 999,999,999.
  package let nanoseconds: Int32
  /// East of UTC, of the text it was read from; printing it shows it again.
  let offsetMinutes: Int16

  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.init(seconds: seconds, nanoseconds: nanoseconds, offsetMinutes: 0)
  }

  init(seconds: Int64, nanoseconds: Int32, offsetMinutes: Int16) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.offsetMinutes = offsetMinutes
  }

  static let earliest: Int64 = -62_135_596_800
  static let latest: Int64 = 253_402_300_799

  package static func == (a: CELTimestamp, b: CELTimestamp) -> Bool {
    a.seconds == b.seconds && a.nanoseconds == b.nanoseconds
  }

  package static func < (a: CELTimestamp, b: CELTimestamp) -> Bool {
    (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
  }

  /// Year, month and so on, at an offset from UTC.
  struct Fields {
    let year: Int
    /// 1 to 12.
    let month: Int
    let day: Int
    /// 1 to 366.
    let dayOfYear: Int
    /// 0 for Sunday.
    let dayOfWeek: Int
    let hour: Int
    let minute: Int
    let second: Int
  }

  func fields(offsetSeconds: Int) -> Fields {
    let local = seconds + Int64(offsetSeconds)
    let days = local >= 0 ? local / 86_400 : -((-local + 86_399) / 86_400)
    let rest = Int(local - days * 86_400)
    let date = Self.date(days)
    let first = Self.days(year: date.year, month: 1, day: 1)
    return Fields(
      year: date.year, month: date.month, day: date.day, dayOfYear: Int(days - first) + 1,
      dayOfWeek: Int(((days % 7) + 11) % 7), hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
  }

  /// Days from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
  static func days(year: Int, month: Int, day: Int) -> Int64 {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
    return (Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, Int(dayOfYear - (153 * shifted + 2) / 5) + 1)
  }

  static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// RFC 3339, with as many digits of a second as there are.
  package var text: String {
    let fields = fields(offsetSeconds: Int(offsetMinutes) * 60)
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    var result =
      padded(fields.year, 4) + "-" + padded(fields.month, 2) + "-" + padded(fields.day, 2) + "T"
      + padded(fields.hour, 2) + ":" + padded(fields.minute, 2) + ":" + padded(fields.second, 2)
    if nanoseconds != 0 {
      var fraction = padded(Int(nanoseconds), 9)
      while fraction.hasSuffix("0") { fraction.removeLast() }
      result += "." + fraction
    }
    if offsetMinutes == 0 { return result + "Z" }
    let offset = Int(offsetMinutes.magnitude)
    return result + (offsetMinutes < 0 ? "-" : "+") + padded(offset / 60, 2) + ":" + padded(offset % 60, 2)
  }

  /// Reads RFC 3339 as Go's `time.Parse` does; nil for anything else.
  package init?(text: String) {
    let bytes = Array(text.utf8)
    var position = 0
    func number(_ count: Int) -> Int? {
      guard position + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[position..<position + count] {
        guard byte &- 0x30 < 10 else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      position += count
      return value
    }
    func skip(_ wanted: UInt8) -> Bool {
      guard position < bytes.count, bytes[position] == wanted else { return false }
      position += 1
      return true
    }
    guard let year = number(4), skip(0x2D), let month = number(2), (1...12).contains(month), skip(0x2D),
      let day = number(2), day >= 1, day <= Self.daysIn(month: month, year: year), skip(0x54)
    else { return nil }
    // Go takes an hour of one digit.
    let hour: Int
    if let two = number(2) {
      hour = two
    } else if let one = number(1) {
      hour = one
    } else {
      return nil
    }
    guard hour < 24, skip(0x3A), let minute = number(2), minute < 60, skip(0x3A), let second = number(2), second < 60
    else { return nil }
    var nanoseconds = 0
    if position + 1 < bytes.count, bytes[position] == 0x2E || bytes[position] == 0x2C, bytes[position + 1] &- 0x30 < 10
    {
      position += 1
      var digits = 0
      while position < bytes.count, bytes[position] &- 0x30 < 10 {
        if digits < 9 { nanoseconds = nanoseconds * 10 + Int(bytes[position] - 0x30) }
        digits += 1
        position += 1
      }
      for _ in min(digits, 9)..<9 { nanoseconds *= 10 }
    }
    var offset = 0
    if skip(0x5A) {
      offset = 0
    } else {
      guard position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D else { return nil }
      let isWest = bytes[position] == 0x2D
      position += 1
      guard let hours = number(2), hours <= 24, skip(0x3A), let minutes = number(2), minutes < 60 else { return nil }
      offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
    guard position == bytes.count else { return nil }
    let seconds =
      Self.days(year: year, month: month, day: day) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset * 60)
    self.init(seconds: seconds, nanoseconds: Int32(nanoseconds), offsetMinutes: Int16(offset))
  }
}
