/// Offsets of the time zones of the IANA database.
package enum TimeZoneTable {
  /// Whether IANA has a time zone of the name, in its own case.
  package static func isKnown(_ name: String) -> Bool { rows[name] != nil }

  /// Seconds east of UTC at a point in time, in seconds since 1970; nil for an unknown name.
  static func offset(of name: String, at seconds: Int64) -> Int? {
    guard let row = rows[name] else { return nil }
    return Row(text: TimeZoneRows.text, row).offset(at: seconds)
  }

  /// Where the row of a name is in the text.
  private static let rows: [String: Range<Int>] = {
    var rows: [String: Range<Int>] = [:]
    TimeZoneRows.text.withUTF8Buffer { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let semicolon = bytes[start..<end].firstIndex(of: UInt8(ascii: ";")) ?? end
        for name in bytes[start..<semicolon].split(separator: UInt8(ascii: ",")) {
          rows[String(decoding: name, as: UTF8.self)] = semicolon + 1..<max(end, semicolon + 1)
        }
        start = end + 1
      }
    }
    return rows
  }()

  /// The rule, the offsets and the changes of a zone, in the form that scripts/time-zones writes.
  private struct Row {
    let footer: [UInt8]
    let offsets: [Int]
    let changes: [UInt8]

    init(text: StaticString, _ range: Range<Int>) {
      let parts = text.withUTF8Buffer { bytes in
        bytes[range].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { Array($0) }
      }
      footer = parts[0]
      offsets = parts[1].split(separator: UInt8(ascii: ",")).map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
      changes = parts[2]
    }

    /// 1834-01-01, which the first change counts from.
    private static let start: Int64 = -4_291_747_200

    func offset(at seconds: Int64) -> Int {
      var time = Self.start
      var offset = offsets[0]
      var index = 0
      while index < changes.count {
        let kind = Int(changes[index] &- UInt8(ascii: "A"))
        index += 1
        let isInSeconds = index < changes.count && changes[index] == UInt8(ascii: ".")
        if isInSeconds { index += 1 }
        var delta: Int64 = 0
        while index < changes.count, let digit = Self.digit(changes[index]) {
          delta = delta * 36 + digit
          index += 1
        }
        time += isInSeconds ? delta : delta * 900
        if seconds < time { return offset }
        offset = offsets[kind]
      }
      return TimeZoneRule(footer)?.offset(at: seconds) ?? offset
    }

    private static func digit(_ byte: UInt8) -> Int64? {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): Int64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): Int64(byte - UInt8(ascii: "a")) + 10
      default: nil
      }
    }
  }
}

/// A rule of a time zone as POSIX's variable TZ has it, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct TimeZoneRule {
  /// The week of a month (5: the last), the day of the week (0: Sunday), and seconds of that day.
  private struct Moment {
    let month: Int
    let week: Int
    let weekday: Int
    let second: Int

    /// In seconds of local time since 1970-01-01T00:00.
    func local(in year: Int) -> Int {
      let first = Int(CELTimestamp.days(year: year, month: month, day: 1))
      let weekdayOfFirst: Int = ((first + 4) % 7 + 7) % 7
      let wait: Int = (weekday - weekdayOfFirst + 7) % 7
      var day = first + wait + 7 * (week - 1)
      let next = first + CELTimestamp.daysIn(month: month, year: year)
      while day >= next { day -= 7 }
      return day * 86_400 + second
    }
  }

  private let standard: Int
  private let summer: (offset: Int, from: Moment, to: Moment)?

  init?(_ text: [UInt8]) {
    var reader = Reader(text: text)
    reader.skipName()
    guard let hours = reader.time() else { return nil }
    standard = -hours
    guard reader.index < text.count else {
      summer = nil
      return
    }
    reader.skipName()
    let offset = reader.time().map { -$0 } ?? standard + 3_600
    guard let from = reader.moment(), let to = reader.moment() else { return nil }
    summer = (offset, from, to)
  }

  func offset(at seconds: Int64) -> Int {
    guard let summer else { return standard }
    let year = CELTimestamp(seconds: seconds, nanoseconds: 0).fields(offsetSeconds: standard).year
    let from = Int64(summer.from.local(in: year) - standard)
    let to = Int64(summer.to.local(in: year) - summer.offset)
    let isSummer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to
    return isSummer ? summer.offset : standard
  }

  private struct Reader {
    let text: [UInt8]
    var index = 0

    mutating func skipName() {
      if index < text.count, text[index] == UInt8(ascii: "<") {
        while index < text.count, text[index] != UInt8(ascii: ">") { index += 1 }
        index = min(index + 1, text.count)
      } else {
        while index < text.count, (text[index] | 0x20) >= UInt8(ascii: "a"), (text[index] | 0x20) <= UInt8(ascii: "z") {
          index += 1
        }
      }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    mutating func number() -> Int? {
      var value: Int?
      while index < text.count, text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9"), (value ?? 0) < 1_000
      {
        value = (value ?? 0) * 10 + Int(text[index] - UInt8(ascii: "0"))
        index += 1
      }
      return value
    }

    /// `[+-]HH[:MM[:SS]]`, in seconds.
    mutating func time() -> Int? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard var seconds = number().map({ $0 * 3_600 }) else { return nil }
      if take(":") {
        seconds += (number() ?? 0) * 60
        if take(":") { seconds += number() ?? 0 }
      }
      return isNegative ? -seconds : seconds
    }

    /// `,Mmonth.week.weekday[/time]`
    mutating func moment() -> Moment? {
      guard take(","), take("M"), let month = number(), take("."), let week = number(), take("."),
        let weekday = number()
      else { return nil }
      let second = take("/") ? time() ?? 7_200 : 7_200
      return Moment(month: month, week: week, weekday: weekday, second: second)
    }
  }
}
