import Bytes

/// The ways in which logs write moments. All answers are nanoseconds since 1970, nil for what is no such text.
enum EventTime {
  /// RFC 3339 in its many relatives (a blank for the T, a comma for the point, no zone, which is taken for UTC), the
  /// time of web servers, and numbers since 1970, whose unit is told by their size.
  static func moment(_ text: Span<UInt8>, near: Timestamp? = nil) -> Int64? {
    guard text.count >= 8, text.count <= 64 else { return nil }
    if text[4] == 0x2D { return iso(text) }
    if text[2] == 0x2F { return webServer(text) }
    if text[0] &- 0x30 < 10 { return epoch(text) }
    return nil
  }

  @inline(__always)
  static func two(_ text: Span<UInt8>, _ place: Int) -> Int? {
    guard place + 1 < text.count else { return nil }
    let a = text[place] &- 0x30
    let b = text[place + 1] &- 0x30
    guard a < 10, b < 10 else { return nil }
    return Int(a) * 10 + Int(b)
  }

  static func iso(_ text: Span<UInt8>) -> Int64? {
    guard let century = two(text, 0), let year = two(text, 2), text.count >= 10, text[4] == 0x2D,
      let month = two(text, 5), text[7] == 0x2D, let day = two(text, 8),
      let date = CalendarDate(year: century * 100 + year, month: month, day: day)
    else { return nil }
    if text.count == 10 { return nanoseconds(date, 0, 0, 0) }
    guard text[10] == 0x54 || text[10] == 0x20 || text[10] == 0x74 else { return nil }
    return clock(text, 11, date)
  }

  /// `hh:mm:ss`, a fraction and a zone up to the end of the text.
  private static func clock(_ text: Span<UInt8>, _ start: Int, _ date: CalendarDate) -> Int64? {
    guard let hour = two(text, start), start + 2 < text.count, text[start + 2] == 0x3A,
      let minute = two(text, start + 3), start + 5 < text.count, text[start + 5] == 0x3A,
      let second = two(text, start + 6)
    else { return nil }
    var place = start + 8
    var nano = 0
    if place < text.count, text[place] == 0x2E || text[place] == 0x2C {
      place += 1
      var digits = 0
      while place < text.count, text[place] &- 0x30 < 10 {
        if digits < 9 { nano = nano * 10 + Int(text[place] &- 0x30) }
        digits += 1
        place += 1
      }
      guard digits > 0 else { return nil }
      while digits < 9 {
        nano *= 10
        digits += 1
      }
    }
    if place < text.count, text[place] == 0x20 { place += 1 }
    guard let offset = zone(text, place) else { return nil }
    return nanoseconds(date, hour, minute, second, nano, offset)
  }

  /// `Z`, a name, `+hh:mm`, `+hhmm`, `+hh` or nothing, in seconds ahead of UTC.
  private static func zone(_ text: Span<UInt8>, _ place: Int) -> Int? {
    guard place < text.count else { return 0 }
    let rest = text.count - place
    switch text[place] {
    case 0x5A, 0x7A: return rest == 1 ? 0 : nil
    case 0x41...0x59:
      guard let named = NamedZone.at(place, of: text), named.end == text.count else { return nil }
      return named.seconds
    case 0x2B, 0x2D:
      guard let hours = two(text, place + 1) else { return nil }
      var minutes = 0
      if rest == 6, text[place + 3] == 0x3A {
        guard let value = two(text, place + 4) else { return nil }
        minutes = value
      } else if rest == 5 {
        guard let value = two(text, place + 3) else { return nil }
        minutes = value
      } else if rest != 3 {
        return nil
      }
      guard hours < 24, minutes < 60 else { return nil }
      return (text[place] == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
    default: return nil
    }
  }

  private static func nanoseconds(
    _ date: CalendarDate, _ hour: Int, _ minute: Int, _ second: Int, _ nano: Int = 0, _ offset: Int = 0
  ) -> Int64? {
    Timestamp(date: date, hour: hour, minute: minute, second: second, nanosecond: nano, offset: offset)?.nanoseconds
  }

  /// Seconds, milliseconds, microseconds or nanoseconds since 1970, with or without a fraction: what puts the year
  /// between 1973 and 2286 is meant.
  static func epoch(_ text: Span<UInt8>) -> Int64? {
    var whole: Int64 = 0
    var digits = 0
    var place = 0
    while place < text.count, text[place] &- 0x30 < 10, digits < 19 {
      let (product, over) = whole.multipliedReportingOverflow(by: 10)
      let (sum, over2) = product.addingReportingOverflow(Int64(text[place] &- 0x30))
      guard !over, !over2 else { return nil }
      whole = sum
      digits += 1
      place += 1
    }
    let scale: Int64
    switch digits {
    case 9, 10: scale = 1_000_000_000
    case 12, 13: scale = 1_000_000
    case 15, 16: scale = 1_000
    case 18, 19: scale = 1
    default: return nil
    }
    var (nanos, over) = whole.multipliedReportingOverflow(by: scale)
    guard !over else { return nil }
    if place < text.count {
      guard text[place] == 0x2E else { return nil }
      var unit = scale / 10
      place += 1
      while place < text.count, text[place] &- 0x30 < 10 {
        nanos = nanos.addingReportingOverflow(Int64(text[place] &- 0x30) * unit).partialValue
        unit /= 10
        place += 1
      }
      guard place == text.count else { return nil }
    }
    return nanos
  }

  /// `10/Oct/2000:13:55:36 -0700`.
  static func webServer(_ text: Span<UInt8>) -> Int64? {
    guard text.count >= 20, let day = two(text, 0), text[2] == 0x2F, let month = month(text, 3), text[6] == 0x2F,
      let century = two(text, 7), let year = two(text, 9), text[11] == 0x3A,
      let date = CalendarDate(year: century * 100 + year, month: month, day: day)
    else { return nil }
    return clock(text, 12, date)
  }

  /// `Nov 23 07:11:08`, of which the year is the one that puts it nearest to the time of receipt and not more than a
  /// day after it; CEF and some senders write the year (`Nov 23 2026 07:11:08`).
  ///
  /// - Returns: the moment, and the place behind it. Without a time of receipt a moment without year is nil.
  static func bsd(_ text: Span<UInt8>, near: Timestamp?) -> (moment: Int64?, end: Int)? {
    guard text.count >= 15, let month = month(text, 0), text[3] == 0x20 else { return nil }
    var place = 4
    while place < text.count, text[place] == 0x20, place < 6 { place += 1 }
    var day = 0
    let first = place
    while place < text.count, text[place] &- 0x30 < 10, place < first + 2 {
      day = day * 10 + Int(text[place] &- 0x30)
      place += 1
    }
    guard place > first, place < text.count, text[place] == 0x20 else { return nil }
    place += 1
    var year: Int?
    if place + 4 < text.count, text[place + 4] == 0x20, let high = two(text, place), let low = two(text, place + 2) {
      year = high * 100 + low
      place += 5
    }
    guard let hour = two(text, place), place + 8 <= text.count, text[place + 2] == 0x3A,
      let minute = two(text, place + 3), text[place + 5] == 0x3A, let second = two(text, place + 6)
    else { return nil }
    place += 8
    var nano = 0
    if place + 1 < text.count, text[place] == 0x2E, text[place + 1] &- 0x30 < 10 {
      place += 1
      var unit = 100_000_000
      while place < text.count, text[place] &- 0x30 < 10 {
        nano += Int(text[place] &- 0x30) * unit
        unit /= 10
        place += 1
      }
    }
    if let year {
      guard let date = CalendarDate(year: year, month: month, day: day) else { return nil }
      return (nanoseconds(date, hour, minute, second, nano), place)
    }
    guard let near else { return (nil, place) }
    let this = near.date.parts.year
    for candidate in [this + 1, this, this - 1] {
      guard let date = CalendarDate(year: candidate, month: month, day: day),
        let moment = nanoseconds(date, hour, minute, second, nano)
      else { continue }
      if moment <= near.nanoseconds.addingReportingOverflow(86_400_000_000_000).partialValue { return (moment, place) }
    }
    return (nil, place)
  }

  static func month(_ text: Span<UInt8>, _ place: Int) -> Int? {
    guard place + 3 <= text.count else { return nil }
    let word = UInt32(text[place] | 0x20) << 16 | UInt32(text[place + 1] | 0x20) << 8 | UInt32(text[place + 2] | 0x20)
    return switch word {
    case 0x6A616E: 1
    case 0x666562: 2
    case 0x6D6172: 3
    case 0x617072: 4
    case 0x6D6179: 5
    case 0x6A756E: 6
    case 0x6A756C: 7
    case 0x617567: 8
    case 0x736570: 9
    case 0x6F6374: 10
    case 0x6E6F76: 11
    case 0x646563: 12
    default: nil
    }
  }
}
