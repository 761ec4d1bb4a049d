/// From the first event of something to its last, in nanoseconds since 1970.
struct AlertSpan: Sendable {
  var start: Int64
  var end: Int64

  /// Whether not more than a window lies between the two.
  func isNear(_ other: AlertSpan, within window: Int64) -> Bool {
    Self.isWithin(window, end, other.start) && Self.isWithin(window, other.end, start)
  }

  /// Whether it has not ended more than a window before another begins.
  func reaches(_ other: AlertSpan, within window: Int64) -> Bool { Self.isWithin(window, end, other.start) }

  private static func isWithin(_ window: Int64, _ before: Int64, _ after: Int64) -> Bool {
    let gap = after.subtractingReportingOverflow(before)
    return gap.overflow ? after < before : gap.partialValue <= window
  }

  mutating func take(_ other: AlertSpan) {
    start = min(start, other.start)
    end = max(end, other.end)
  }
}
