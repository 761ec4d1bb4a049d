import Bytes
import Trust

/// What was learnt about revocation, by question: used again for a while, and asked for once by however many need it at once.
actor RevocationShelf<Question: Hashable & Sendable, Value: Sendable> {
  private struct Kept: Sendable {
    let result: Result<Value, RevocationSourceFailure>
    let until: Timestamp
  }

  /// How long an answer is used, and how long nobody is asked again who did not answer, in seconds.
  private static var use: Int64 { 3_600 }
  private static var rest: Int64 { 60 }

  private let most: Int
  private var known: [Question: Kept] = [:]
  private var flights: [Question: Task<Kept, Never>] = [:]

  /// - Parameter most: how many answers are kept; then it begins anew.
  init(most: Int) { self.most = most }

  /// - Parameter learn: asks; what it gives is used until the time that it names, if that is earlier than in an hour.
  func value(
    of question: Question, now: Timestamp,
    _ learn: @escaping @Sendable () async throws(RevocationSourceFailure) -> (Value, until: Timestamp?)
  ) async throws(RevocationSourceFailure) -> Value {
    if let kept = known[question], now < kept.until { return try kept.result.get() }
    let flight =
      flights[question]
      ?? Task {
        do throws(RevocationSourceFailure) {
          let (value, end) = try await learn()
          let limit = Self.later(now, Self.use)
          return Kept(result: .success(value), until: end.map { min($0, limit) } ?? limit)
        } catch { return Kept(result: .failure(error), until: Self.later(now, Self.rest)) }
      }
    flights[question] = flight
    let kept = await flight.value
    flights[question] = nil
    if known.count >= most { known = [:] }
    known[question] = kept
    return try kept.result.get()
  }

  private static func later(_ now: Timestamp, _ seconds: Int64) -> Timestamp {
    Timestamp(seconds: now.seconds + seconds) ?? now
  }
}
