package import Bytes
package import Server

/// Of this process: what it says and measures, and the clock that it goes by.
package struct Surroundings: Sendable {
  package var metrics: Metrics
  /// Takes a line for people.
  package var tell: @Sendable (String) -> Void
  /// The clock.
  package var now: @Sendable () -> Timestamp

  package init(
    metrics: Metrics, tell: @escaping @Sendable (String) -> Void, now: @escaping @Sendable () -> Timestamp
  ) {
    self.metrics = metrics
    self.tell = tell
    self.now = now
  }

  /// Seconds since 1970-01-01T00:00:00Z.
  var time: Int { Int(now().seconds) }

  /// `YYYY-MM-DD`.
  var today: String { now().date.text }
}
