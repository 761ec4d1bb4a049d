import Bytes
import Events
import Findings
import Store
import Synchronization
import TestKit
import Testing

/// Whoever follows a store by position sees every event once, in the order of positions, whatever is packed meanwhile.
@Suite struct StoreFollowingTests {
  @Test(arguments: 1...2) func nothingIsPassedOver(_ seed: UInt64) async throws {
    let folder = try TemporaryFolder()
    var samples = EventSamples(seed: seed)
    var random = SeededRandom(seed: seed)
    // Before midnight, so that some writes are of two days.
    let clock = Mutex(Timestamp("2026-11-28T23:59:58Z") ?? Timestamp(nanoseconds: 0))
    var limits = SQLiteEventStore.Limits()
    limits.packedEvents = 64
    limits.blockEvents = 32
    let store = try SQLiteEventStore(
      folder.path, mode: .writing, limits: limits, now: { clock.withLock { $0 } })
    var seen: [Int64] = []
    func follow(_ limit: Int) async throws {
      while true {
        let page = try await store.events(after: EventPosition(seen.last ?? 0), limit: limit)
        seen += page.events.map(\.position.number)
        if page.events.count < limit { return }
      }
    }
    for round in 0..<16 {
      var options = DecodeOptions()
      // What arrived together may have been received on either side of midnight.
      let deliveries = (0..<3).map { part in
        options.receivedAt = Timestamp(
          nanoseconds: clock.withLock { $0 }.nanoseconds + Int64(part % 2) * 4_000_000_000)
        let text = (0..<random.below(20)).map { _ in samples.record() }.joined(separator: "\n")
        return EventDelivery(EventDecoder.decode(Array(text.utf8), options: options), key: .none)
      }
      _ = try await store.append(deliveries)
      if random.below(4) == 0 { try await store.seal() }
      if random.below(3) > 0 { try await follow(1 + random.below(40)) }
      if round == 8 { clock.withLock { $0 = Timestamp(nanoseconds: $0.nanoseconds + 10_000_000_000) } }
    }
    try await follow(7)
    try await store.close()
    let reader = try SQLiteEventStore(folder.path, mode: .reading, now: { clock.withLock { $0 } })
    let all = try await reader.events(after: .start, limit: 1_000_000).events.map(\.position.number)
    #expect(seen == all && all.count > 100)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
  }
}
