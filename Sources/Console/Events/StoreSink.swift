import Bytes
package import Events
import Findings
package import Ingest
import Server
package import Store
import Synchronization

/// Hands what came by any protocol to the store, within bounds, and returns once it is durable.
///
/// Deliveries that wait for the disk together share one write. Beyond the bounds, and while the disk is full, senders are told to
/// come again; nothing that they were told is stored is ever lost by that.
package final class StoreSink: IngestSink {
  /// How much may wait for the disk at a time, all deliveries together. One delivery alone is always taken.
  package struct Limits: Sendable {
    package var events = 200_000
    package var bytes = 128 << 20

    package init() {}
  }

  /// Why nothing can be stored at this moment.
  package enum Trouble: String, Sendable, Hashable {
    /// There is no room on the disk.
    case full
    /// The disk or the store fails.
    case failed
  }

  private struct State {
    var deliveries = 0
    var events = 0
    var bytes = 0
    var trouble: Trouble?
  }

  private let store: any EventStore
  private let limits: Limits
  private let surroundings: Surroundings
  private let state = Mutex(State())

  package init(_ store: any EventStore, limits: Limits = Limits(), _ surroundings: Surroundings) {
    self.store = store
    self.limits = limits
    self.surroundings = surroundings
  }

  /// Why the last write failed; nil where it did not.
  package var trouble: Trouble? { state.withLock { $0.trouble } }

  /// What waits for the disk.
  var waiting: (events: Int, bytes: Int) { state.withLock { ($0.events, $0.bytes) } }

  package func take(_ delivery: EventDelivery) async throws(IngestFailure) -> Set<Int> {
    let count = delivery.events.count
    let bytes = delivery.events.bytes
    let name = delivery.events.events.first?.envelope[.bartizanProtocol] ?? "unknown"
    let isTaken = state.withLock { state in
      let isFirst = state.deliveries == 0
      guard isFirst || state.events + count <= limits.events && state.bytes + bytes <= limits.bytes else {
        return false
      }
      state.deliveries += 1
      state.events += count
      state.bytes += bytes
      return true
    }
    guard isTaken else {
      refuse(count, name, "busy")
      throw .busy
    }
    defer {
      state.withLock { state in
        state.deliveries -= 1
        state.events -= count
        state.bytes -= bytes
      }
    }
    let began = ContinuousClock.now
    do throws(BartizanError) {
      let receipt = try await store.append([delivery])
      note(nil, "")
      let repeated = receipt.deliveries.first?.repeated ?? []
      measure(delivery, name, stored: count - repeated.count, bytes, ContinuousClock.now - began)
      return Set(repeated)
    } catch {
      let trouble: Trouble = error.code == .storeFull ? .full : .failed
      note(trouble, error.message)
      refuse(count, name, trouble.rawValue)
      // A disk that is full is one that has room again later.
      throw trouble == .full ? .busy : .failed
    }
  }

  /// Says when it begins, and when it is over.
  private func note(_ trouble: Trouble?, _ reason: String) {
    let before = state.withLock { state in
      defer { state.trouble = trouble }
      return state.trouble
    }
    guard before != trouble else { return }
    surroundings.metrics.set(Measures.storeTrouble, [("reason", Trouble.full.rawValue)], to: trouble == .full ? 1 : 0)
    surroundings.metrics.set(
      Measures.storeTrouble, [("reason", Trouble.failed.rawValue)], to: trouble == .failed ? 1 : 0)
    switch trouble {
    case .full: surroundings.tell("no room to store events; senders are told to try again: \(reason)")
    case .failed: surroundings.tell("events cannot be stored; senders are told to try again: \(reason)")
    case nil: surroundings.tell("events are stored again")
    }
  }

  private func refuse(_ count: Int, _ name: String, _ reason: String) {
    surroundings.metrics.add(
      Measures.refusedEvents, [("protocol", name), ("reason", reason)], by: Double(count))
  }

  private func measure(_ delivery: EventDelivery, _ name: String, stored: Int, _ bytes: Int, _ took: Duration) {
    let metrics = surroundings.metrics
    let labels = [(name: "protocol", value: name)]
    metrics.add(Measures.events, labels, by: Double(stored))
    metrics.add(Measures.repeatedEvents, labels, by: Double(delivery.events.count - stored))
    metrics.add(Measures.eventBytes, labels, by: Double(bytes))
    metrics.observe(Measures.appendDuration, [], took.fraction)
    // One for all: events that come together happened together.
    guard let time = delivery.events.events.last?.time else { return }
    let (lag, isOver) = surroundings.now().nanoseconds.subtractingReportingOverflow(time.nanoseconds)
    if !isOver { metrics.observe(Measures.eventLag, labels, max(0, Double(lag) / 1e9)) }
  }
}

extension Duration {
  /// In seconds.
  var fraction: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
