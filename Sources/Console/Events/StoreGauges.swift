import Bytes
import Events
import Findings
import Server
import Store
import Synchronization

/// What the store holds, as metrics. It is read from the disk when metrics are asked for, and not again for a while.
final class StoreGauges: Sendable {
  /// Nanoseconds for which what was read counts.
  private static let freshness: Int64 = 15_000_000_000

  private let store: any EventStore
  private let surroundings: Surroundings
  private let last = Mutex<Int64?>(nil)

  init(_ store: any EventStore, _ surroundings: Surroundings) {
    self.store = store
    self.surroundings = surroundings
  }

  func refresh() async {
    let now = surroundings.now().nanoseconds
    let isDue = last.withLock { last in
      if let last, now >= last, now &- last < Self.freshness { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let metrics = surroundings.metrics
    do throws(BartizanError) {
      let status = try await store.status()
      metrics.set(Measures.storeEvents, to: Double(status.events))
      metrics.set(Measures.storePending, to: Double(status.pendingEvents))
      metrics.set(Measures.storeBlocks, to: Double(status.blocks))
      metrics.set(Measures.storeBytes, [("kind", "originals")], to: Double(status.rawBytes))
      metrics.set(Measures.storeBytes, [("kind", "disk")], to: Double(status.storedBytes))
      metrics.set(Measures.storePosition, to: Double(status.last.number))
      metrics.set(Measures.storeProblems, to: Double(status.problems.count))
      if let first = status.days.first {
        metrics.set(Measures.storeOldest, to: Double(first.day.days * 86_400))
      }
      metrics.clear(Measures.sourceEvents)
      for source in status.sources {
        metrics.set(Measures.sourceEvents, [("dataset", source.dataset.rawValue)], to: Double(source.events))
      }
    } catch {
      metrics.add(Measures.storeReadFailures)
    }
  }
}
