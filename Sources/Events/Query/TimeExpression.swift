package import Bytes

/// A time as users write it: `now`, `now-15m`, `-15m`, `now/d`, `2026-11-23`, `2026-11-23T07:11:08Z`, or seconds since
/// 1970.
package enum TimeExpression {
  /// - Parameter now: what `now` stands for.
  /// - Returns: nil for anything else, and for a time outside of the range of `Timestamp`.
  package static func parse(_ text: some StringProtocol, now: Timestamp) -> Timestamp? {
    let bytes = Array(text.utf8)
    if bytes.isEmpty { return nil }
    if bytes.starts(with: Array("now".utf8)) { return arithmetic(bytes.dropFirst(3), now) }
    if bytes[0] == 0x2D || bytes[0] == 0x2B, let moment = arithmetic(bytes[...], now) { return moment }
    return (EventTime.moment(bytes.span) ?? EventTime.moment(toTheSecond(bytes).span)).map {
      Timestamp(nanoseconds: $0)
    }
  }

  /// `2026-11-23 07:30`, as people write it, to the second.
  private static func toTheSecond(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 16, bytes[10] == 0x54 || bytes[10] == 0x20, bytes[13] == 0x3A,
      bytes.count == 16 || bytes[16] != 0x3A
    else { return [] }
    return bytes[..<16] + Array(":00".utf8) + bytes[16...]
  }

  /// How long ago the span of time began that holds a moment: weeks on Monday, all others as multiples since 1970.
  ///
  /// - Parameters:
  ///   - moment: in nanoseconds since 1970.
  ///   - span: its length in nanoseconds; more than 0.
  static func elapsed(_ moment: Int64, of span: Int64) -> Int64 {
    let remainder = moment % span
    let elapsed = remainder < 0 ? remainder + span : remainder
    guard let week = unit(0x77), let day = unit(0x64), span % week == 0 else { return elapsed }
    // Day 0 of 1970 was a Thursday.
    let untilMonday = span - 3 * day
    return elapsed < untilMonday ? elapsed + 3 * day : elapsed - untilMonday
  }

  /// `-15m`, `-1h30m`, `+1d/d`.
  private static func arithmetic(_ bytes: ArraySlice<UInt8>, _ now: Timestamp) -> Timestamp? {
    var moment = now.nanoseconds
    var place = bytes.startIndex
    var sign: Int64 = 1
    while place < bytes.endIndex {
      switch bytes[place] {
      case 0x2D, 0x2B:
        sign = bytes[place] == 0x2D ? -1 : 1
        place += 1
        guard place < bytes.endIndex else { return nil }
      case 0x2F:
        guard place + 2 == bytes.endIndex, let unit = unit(bytes[place + 1]) else { return nil }
        return Timestamp(nanoseconds: moment - elapsed(moment, of: unit))
      case 0x30...0x39: break
      default: return nil
      }
      var number: Int64 = 0
      let first = place
      while place < bytes.endIndex, bytes[place] &- 0x30 < 10, place - first < 9 {
        number = number * 10 + Int64(bytes[place] &- 0x30)
        place += 1
      }
      guard place > first, place < bytes.endIndex, let unit = unit(bytes[place]) else { return nil }
      place += 1
      let (span, over) = number.multipliedReportingOverflow(by: unit)
      let (sum, over2) = moment.addingReportingOverflow(sign * (over ? 0 : span))
      guard !over, !over2 else { return nil }
      moment = sum
    }
    return Timestamp(nanoseconds: moment)
  }

  /// Nanoseconds of `s`, `m`, `h`, `d` and `w`.
  static func unit(_ letter: UInt8) -> Int64? {
    switch letter {
    case 0x73: 1_000_000_000
    case 0x6D: 60_000_000_000
    case 0x68, 0x48: 3_600_000_000_000
    case 0x64: 86_400_000_000_000
    case 0x77: 604_800_000_000_000
    default: nil
    }
  }

  /// A duration: `5m`, `1h30m`, `90d`.
  ///
  /// - Returns: nanoseconds; nil for anything else, empty text included.
  package static func span(_ text: some StringProtocol) -> Int64? {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, first &- 0x30 < 10,
      let sum = arithmetic(bytes[...], Timestamp(nanoseconds: 0))?.nanoseconds, sum > 0
    else { return nil }
    return sum
  }
}

/// A half-open range of time.
package struct TimeRange: Sendable, Hashable {
  /// Start, included; nil for no start.
  package var since: Timestamp?
  /// End, excluded; nil for no end.
  package var until: Timestamp?

  package init(since: Timestamp? = nil, until: Timestamp? = nil) {
    self.since = since
    self.until = until
  }

  package func contains(_ time: Timestamp) -> Bool {
    if let since, time < since { return false }
    if let until, time >= until { return false }
    return true
  }
}
