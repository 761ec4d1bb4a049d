import Bytes
import Console
import Events
import Findings
import Ingest
import Server
import Synchronization
import Testing

@testable import Store

/// What senders are told while the store is busy, full or broken.
@Suite struct StoreSinkTests {
  /// A store that takes nothing until it is told to, and then counts.
  private final class MoodyStore: EventStore {
    struct State {
      var failure: BartizanError?
      var stored = 0
      /// Callers that wait to be let in.
      var waiting: [CheckedContinuation<Void, Never>] = []
      var isShut = false
    }
    let state = Mutex(State())

    func append(_ deliveries: [EventDelivery]) async throws(BartizanError) -> AppendReceipt {
      if state.withLock({ $0.isShut }) {
        await withCheckedContinuation { continuation in state.withLock { $0.waiting.append(continuation) } }
      }
      let count = deliveries.reduce(0) { $0 + $1.events.count }
      let failure = state.withLock { state -> BartizanError? in
        if state.failure == nil { state.stored += count }
        return state.failure
      }
      if let failure { throw failure }
      return AppendReceipt(
        deliveries: deliveries.map { _ in AppendReceipt.Delivery() }, last: EventPosition(Int64(count)))
    }

    func open() {
      let waiting = state.withLock { state in
        state.isShut = false
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume() }
    }

    private func unasked() -> BartizanError { BartizanError(.remote, "not asked for") }
    func search(_ search: EventSearch) async throws(BartizanError) -> EventPage { throw unasked() }
    func statistics(
      _ request: StatisticsRequest, of selection: EventSelection
    ) async throws(BartizanError) -> EventStatistics { throw unasked() }
    func events(after position: EventPosition, limit: Int) async throws(BartizanError) -> EventPage { throw unasked() }
    func event(at position: EventPosition) async throws(BartizanError) -> StoredEvent? { throw unasked() }
    func status() async throws(BartizanError) -> EventStoreStatus { throw unasked() }
    func verify() async throws(BartizanError) -> EventStoreVerification { throw unasked() }
    func prune(_ rules: RetentionRules, isTrial: Bool) async throws(BartizanError) -> PruneReport { throw unasked() }
    func seal() async throws(BartizanError) {}
    func close() async throws(BartizanError) {}
  }

  private struct Fixture {
    let store = MoodyStore()
    let said = Lines()
    let metrics = Metrics()
    let sink: StoreSink

    final class Lines: Sendable { let all = Mutex<[String]>([]) }

    init(_ limits: StoreSink.Limits = StoreSink.Limits()) {
      let said = said
      sink = StoreSink(
        store, limits: limits,
        Surroundings(
          metrics: metrics, tell: { line in said.all.withLock { $0.append(line) } }, now: { EventFixture.start }))
    }

    func take(_ text: String = "a\nb") async -> IngestFailure? {
      do throws(IngestFailure) {
        _ = try await sink.take(
          EventDelivery(EventDecoder.decode(Array(text.utf8), options: DecodeOptions(), envelope: .none)))
        return nil
      } catch {
        return error
      }
    }
  }

  @Test func aFullDiskIsToldAndSurvived() async {
    let fixture = Fixture()
    #expect(await fixture.take() == nil)
    fixture.store.state.withLock { $0.failure = BartizanError(.storeFull, "the disk: no room") }
    #expect(await fixture.take() == .busy)
    #expect(await fixture.take() == .busy)
    #expect(fixture.sink.trouble == .full)
    fixture.store.state.withLock { $0.failure = BartizanError(.remote, "the disk: broken") }
    #expect(await fixture.take() == .failed)
    #expect(fixture.sink.trouble == .failed)
    fixture.store.state.withLock { $0.failure = nil }
    #expect(await fixture.take() == nil)
    #expect(fixture.sink.trouble == nil)
    #expect(
      fixture.said.all.withLock { $0 } == [
        "no room to store events; senders are told to try again: the disk: no room",
        "events cannot be stored; senders are told to try again: the disk: broken", "events are stored again",
      ])
    #expect(fixture.store.state.withLock { $0.stored } == 4)
    let text = MetricsText.prometheus.text(fixture.metrics)
    #expect(text.contains("bartizan_ingest_refused_events_total{protocol=\"unknown\",reason=\"full\"} 4\n"), "\(text)")
    #expect(text.contains("bartizan_store_unavailable{reason=\"full\"} 0\n"))
  }

  @Test func beyondTheBoundSendersComeAgain() async {
    var limits = StoreSink.Limits()
    limits.events = 3
    let fixture = Fixture(limits)
    fixture.store.state.withLock { $0.isShut = true }
    await withTaskGroup(of: IngestFailure?.self) { group in
      // One alone is always taken, however large.
      group.addTask { await fixture.take("a\nb\nc\nd") }
      while fixture.store.state.withLock({ $0.waiting.isEmpty }) { await Task.yield() }
      #expect(await fixture.take("e") == .busy)
      fixture.store.open()
      #expect(await group.next() == .some(nil))
    }
    #expect(await fixture.take("e\nf") == nil)
    #expect(fixture.store.state.withLock { $0.stored } == 6)
  }
}
