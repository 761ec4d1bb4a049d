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
  private let alerts: (any AlertStore)?
  private let surroundings: Surroundings
  private let last = Mutex<Int64?>(nil)

  /// - Parameter alerts: nil where there is no detection.
  init(_ store: any EventStore, _ alerts: (any AlertStore)?, _ surroundings: Surroundings) {
    self.store = store
    self.alerts = alerts
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
    guard let alerts else { return }
    do throws(BartizanError) {
      let counts = try await alerts.counts()
      for severity in Severity.allCases {
        let labels = [(name: "severity", value: severity.name)]
        metrics.set(Measures.openIncidents, labels, to: Double(counts.openIncidents[severity] ?? 0))
        metrics.set(Measures.openAlerts, labels, to: Double(counts.openAlerts[severity] ?? 0))
      }
      metrics.clear(Measures.waitingDeliveries)
      metrics.clear(Measures.deadDeliveries)
      for (destination, count) in counts.waiting {
        metrics.set(Measures.waitingDeliveries, [("destination", destination)], to: Double(count))
      }
      for (destination, count) in counts.dead {
        metrics.set(Measures.deadDeliveries, [("destination", destination)], to: Double(count))
      }
    } catch {
      metrics.add(Measures.storeReadFailures)
    }
  }
}
