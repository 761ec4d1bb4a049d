/// A day of the proleptic Gregorian calendar in UTC, years 0 to 9999 as RFC 3339 writes them.
///
/// Source of the arithmetic: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil` and
/// `civil_from_days`.
package struct CalendarDate: Sendable, Hashable {
  /// Days since 1970-01-01; negative before.
  package let days: Int

  /// 0000-01-01 and 9999-12-31.
  private static let range = -719_528...2_932_896

  private init(unchecked days: Int) { self.days = days }

  /// - Parameter days: since 1970-01-01. A day outside the years 0 to 9999 becomes the first or last day of them.
  package init(days: Int) {
    self.days = min(max(days, Self.range.lowerBound), Self.range.upperBound)
  }

  /// The day of a time.
  ///
  /// - Parameter seconds: since 1970-01-01T00:00:00Z, without leap seconds.
  package init(seconds: Int64) {
    let day = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    self.init(days: Int(clamping: day))
  }

  /// - Returns: nil for an invalid date, such as the 30th of February.
  package init?(year: Int, month: Int, day: Int) {
    guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    guard day <= Self.length(ofMonth: month, year: year) else { return nil }
    // Years begin in March here, so that the leap day comes last.
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(unchecked: era * 146_097 + dayOfEra - 719_468)
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Year, month from 1, and day from 1.
  package var parts: (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  /// - Parameter text: exactly `YYYY-MM-DD`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let date = TimeText.read(text, { $0.date() }) else { return nil }
    self = date
  }

  /// `YYYY-MM-DD`.
  package var text: String {
    var bytes: [UInt8] = []
    TimeText.append(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The day a number of days later.
  package func adding(days: Int) -> CalendarDate {
    CalendarDate(days: self.days.addingReportingOverflow(days).overflow ? (days < 0 ? .min : .max) : self.days + days)
  }
}

extension CalendarDate: Comparable {
  package static func < (a: CalendarDate, b: CalendarDate) -> Bool { a.days < b.days }
}
