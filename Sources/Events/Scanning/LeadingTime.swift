import Bytes

extension EventTime {
  /// The moment with which a line begins, bare or in brackets: RFC 3339 and its relatives (`2026-11-28 13:50:00,123`,
  /// `2026/11/28 13:50:00`), the time of web servers (`[28/Nov/2026:13:50:00 +0100]`), that of C (`Sat Nov 28 13:50:00 2026`)
  /// and that of BSD's syslog (`Nov 28 13:50:00`), whose year is reckoned as there. Without a zone it is UTC.
  ///
  /// A date alone, a clock alone and a number alone are none: they may be anything.
  ///
  /// - Returns: nanoseconds since 1970; nil for none.
  static func leading(_ line: Span<UInt8>, near: Timestamp?) -> Int64? {
    guard line.count >= 15 else { return nil }
    let start = line[0] == 0x5B ? 1 : 0
    let first = line[start]
    if first &- 0x30 < 10 {
      if line.count >= start + 19, line[start + 4] == 0x2D || line[start + 4] == 0x2F { return date(line, start) }
      guard line.count >= start + 20, line[start + 2] == 0x2F, let end = end(line, start + 12) else { return nil }
      return webServer(line.extracting(start..<end))
    }
    guard first &- 0x41 < 26 else { return nil }
    var place = start
    if isWeekday(line, start) {
      place += 3
      if line[place] == 0x2C { place += 1 }
      guard line[place] == 0x20 else { return nil }
      place += 1
    }
    guard place + 15 <= line.count else { return nil }
    if month(line, place) == nil { return place > start ? mail(line, place) : nil }
    guard let found = bsd(line.extracting(place..<line.count), near: near), isEnd(line, place + found.end)
    else { return nil }
    // After the clock of C stands the year.
    let year = place + found.end + 1
    if place > start {
      guard year + 4 <= line.count, isEnd(line, year + 4), line[year - 1] == 0x20, two(line, year) != nil,
        two(line, year + 2) != nil, let colon = line.first(0x3A, from: place)
      else { return nil }
      // In the order in which the year is read.
      var copy: [UInt8] = []
      for part in [place..<colon - 2, year..<year + 4] { for place in part { copy.append(line[place]) } }
      copy.append(0x20)
      for place in colon - 2..<year - 1 { copy.append(line[place]) }
      return bsd(copy.span, near: nil)?.moment
    }
    return found.moment
  }

  /// `2026-11-28`, or with slashes, and a clock.
  private static func date(_ line: Span<UInt8>, _ start: Int) -> Int64? {
    let separator = line[start + 10]
    guard separator == 0x54 || separator == 0x20 || separator == 0x74, let end = end(line, start + 11) else {
      return nil
    }
    guard line[start + 4] == 0x2F else { return iso(line.extracting(start..<end)) }
    guard line[start + 7] == 0x2F else { return nil }
    var copy: [UInt8] = []
    for place in start..<end { copy.append(line[place]) }
    copy[4] = 0x2D
    copy[7] = 0x2D
    return iso(copy.span)
  }

  /// `28 Nov 2026 13:50:00 GMT`, as mail and web servers write it.
  private static func mail(_ line: Span<UInt8>, _ start: Int) -> Int64? {
    guard line.count >= start + 20, let day = two(line, start), line[start + 2] == 0x20, month(line, start + 3) != nil,
      line[start + 6] == 0x20, two(line, start + 7) != nil, two(line, start + 9) != nil, line[start + 11] == 0x20,
      let end = end(line, start + 12), day > 0
    else { return nil }
    var copy: [UInt8] = []
    for place in start..<end { copy.append(line[place]) }
    copy[2] = 0x2F
    copy[6] = 0x2F
    copy[11] = 0x3A
    return webServer(copy.span)
  }

  /// The end of a clock with its fraction and zone; nil where there is none.
  private static func end(_ line: Span<UInt8>, _ start: Int) -> Int? {
    guard start + 8 <= line.count, line[start + 2] == 0x3A, line[start + 5] == 0x3A, two(line, start + 6) != nil else {
      return nil
    }
    var place = start + 8
    if place + 1 < line.count, line[place] == 0x2E || line[place] == 0x2C, line[place + 1] &- 0x30 < 10 {
      place += 1
      while place < line.count, line[place] &- 0x30 < 10 { place += 1 }
    }
    // A zone, if what follows is one.
    let blank = place < line.count && line[place] == 0x20 ? 1 : 0
    let zone = place + blank
    if let named = NamedZone.at(zone, of: line), isEnd(line, named.end) { return named.end }
    for length in [6, 5, 3, 1] where zone + length <= line.count && isEnd(line, zone + length) {
      if length == 1, line[zone] | 0x20 == 0x7A { return zone + 1 }
      guard length > 1, line[zone] == 0x2B || line[zone] == 0x2D else { continue }
      var isZone = length != 6 || line[zone + 3] == 0x3A
      for offset in 1..<length where line[zone + offset] &- 0x30 >= 10 && !(length == 6 && offset == 3) {
        isZone = false
      }
      if isZone { return zone + length }
    }
    return isEnd(line, place) ? place : nil
  }

  /// Whether a word ends before a place.
  private static func isEnd(_ line: Span<UInt8>, _ place: Int) -> Bool {
    guard place < line.count else { return place == line.count }
    let byte = line[place]
    return !(byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2E || byte == 0x5F)
  }

  private static func isWeekday(_ line: Span<UInt8>, _ place: Int) -> Bool {
    for name in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as [StaticString] where line.starts(place, with: name)
    {
      return line.count > place + 4 && (line[place + 3] == 0x2C || line[place + 3] == 0x20)
    }
    return false
  }
}
