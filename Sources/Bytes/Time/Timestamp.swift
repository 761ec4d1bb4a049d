/// A point in time, as nanoseconds since 1970-01-01T00:00:00Z without leap seconds.
///
/// The range of 64 bits is 1677-09-21T00:12:43.145224193Z to 2262-04-11T23:47:16.854775807Z. Times outside of it cannot
/// be represented, such as Go's zero time `0001-01-01T00:00:00Z`, which means that there is no time.
package struct Timestamp: Sendable, Hashable {
  /// Since 1970-01-01T00:00:00Z; negative before.
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// - Parameters:
  ///   - seconds: since 1970-01-01T00:00:00Z.
  ///   - nanosecond: within the second, from 0 to 999,999,999.
  /// - Returns: nil outside of the range.
  package init?(seconds: Int64, nanosecond: Int = 0) {
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    // The last second below zero may overflow by itself although its nanoseconds would bring it back; it is given up.
    let (sum, tooFar) = whole.addingReportingOverflow(Int64(nanosecond))
    guard !overflow, !tooFar, (0..<1_000_000_000).contains(nanosecond) else { return nil }
    nanoseconds = sum
  }

  /// - Parameters:
  ///   - second: 60 only for a leap second, which counts as the first second after it, as in POSIX.
  ///   - offset: seconds that the local time is ahead of UTC.
  package init?(
    date: CalendarDate, hour: Int, minute: Int, second: Int, nanosecond: Int = 0, offset: Int = 0
  ) {
    guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second), abs(offset) < 86_400 else {
      return nil
    }
    let seconds = date.days * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.init(seconds: Int64(seconds), nanosecond: nanosecond)
  }

  /// - Parameter text: a `date-time` of RFC 3339, section 5.6, with `T`, `t` or a blank between date and time. Digits
  ///   beyond nanoseconds are ignored.
  /// - Returns: nil for anything else, and for a time outside of the range.
  package init?(_ text: some StringProtocol) {
    guard let value = TimeText.read(text, Self.read) else { return nil }
    self = value
  }

  /// - Parameter bytes: the same text in UTF-8.
  package init?(_ bytes: Span<UInt8>) {
    guard let value = bytes.withUnsafeBufferPointer({ TimeText.read($0, Self.read) }) else { return nil }
    self = value
  }

  private static func read(_ text: inout TimeText) -> Timestamp? {
    guard let date = text.date(), let separator = text.next(), [0x54, 0x74, 0x20].contains(separator),
      let hour = text.number(2), text.skip(0x3A), let minute = text.number(2), text.skip(0x3A),
      let second = text.number(2)
    else { return nil }
    var nanosecond = 0
    if text.skip(0x2E) {
      guard let fraction = text.fraction() else { return nil }
      nanosecond = fraction
    }
    var offset = 0
    switch text.next() {
    case 0x5A, 0x7A: break
    case .some(let sign) where sign == 0x2B || sign == 0x2D:
      guard let hours = text.number(2), text.skip(0x3A), let minutes = text.number(2), hours < 24, minutes < 60 else {
        return nil
      }
      offset = (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
    default: return nil
    }
    return Timestamp(
      date: date, hour: hour, minute: minute, second: second, nanosecond: nanosecond, offset: offset)
  }

  /// Seconds since 1970-01-01T00:00:00Z, rounded down.
  package var seconds: Int64 { nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0) }

  /// Within the second, from 0 to 999,999,999.
  package var nanosecond: Int { Int((nanoseconds % 1_000_000_000 + 1_000_000_000) % 1_000_000_000) }

  /// Its day in UTC.
  package var date: CalendarDate { CalendarDate(seconds: seconds) }

  /// RFC 3339 in UTC, with as many fractional digits as needed: `2026-11-27T10:00:00Z`, `…:00.25Z`.
  package var text: String { text(digits: nil) }

  /// RFC 3339 in UTC.
  ///
  /// - Parameter digits: number of fractional digits, from 0 to 9; the rest is cut off.
  package func text(digits: Int) -> String { text(digits: Optional(digits)) }

  private func text(digits: Int?) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(30)
    let second = Int(((seconds % 86_400) + 86_400) % 86_400)
    TimeText.append(date, to: &bytes)
    bytes.append(0x54)
    TimeText.append(second / 3600, digits: 2, to: &bytes)
    bytes.append(0x3A)
    TimeText.append(second / 60 % 60, digits: 2, to: &bytes)
    bytes.append(0x3A)
    TimeText.append(second % 60, digits: 2, to: &bytes)
    var fraction: [UInt8] = []
    TimeText.append(nanosecond, digits: 9, to: &fraction)
    if let digits {
      fraction = Array(fraction.prefix(max(0, digits)))
    } else {
      while fraction.last == 0x30 { fraction.removeLast() }
    }
    if !fraction.isEmpty { bytes += [0x2E] + fraction }
    bytes.append(0x5A)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Timestamp: Comparable {
  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }
}
