/// A token bucket for each client: so many requests a second, with a burst of as many.
package struct RateLimit: Sendable {
  /// Clients that are remembered; beyond, those that have not asked for longest are forgotten.
  private static let clients = 10_000

  private struct Bucket {
    var left: Double
    var at: ContinuousClock.Instant
  }

  private let perSecond: Double
  private var buckets: [String: Bucket] = [:]

  package init(perSecond: Int) { self.perSecond = Double(perSecond) }

  /// - Returns: whether one more request of the client is allowed.
  package mutating func take(_ client: String, now: ContinuousClock.Instant) -> Bool {
    var bucket = buckets[client] ?? Bucket(left: perSecond, at: now)
    let elapsed = Double((now - bucket.at).wholeNanoseconds) / 1e9
    bucket.left = min(perSecond, bucket.left + max(0, elapsed) * perSecond)
    bucket.at = now
    let isAllowed = bucket.left >= 1
    if isAllowed { bucket.left -= 1 }
    buckets[client] = bucket
    if buckets.count > Self.clients {
      // A bucket that has had a second to fill up is as good as none.
      buckets = buckets.filter { now - $0.value.at < .seconds(1) }
      if buckets.count > Self.clients { buckets = [client: bucket] }
    }
    return isAllowed
  }
}
