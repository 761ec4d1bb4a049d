import Bytes

/// The time during which a statement on revocation holds.
struct RevocationPeriod {
  /// How far clocks may differ, in nanoseconds: what was made this moment is not of the future.
  private static let tolerance: Int64 = 300_000_000_000

  let thisUpdate: Timestamp
  /// Nil: newer statements may exist at any time, so that it never holds.
  let nextUpdate: Timestamp?

  init(_ thisUpdate: Timestamp, _ nextUpdate: Timestamp?) {
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
  }

  func contains(_ now: Timestamp) -> Bool {
    guard let nextUpdate, thisUpdate <= nextUpdate else { return false }
    let (limit, isBeyond) = now.nanoseconds.addingReportingOverflow(Self.tolerance)
    return (isBeyond || thisUpdate.nanoseconds <= limit) && now <= nextUpdate
  }
}
