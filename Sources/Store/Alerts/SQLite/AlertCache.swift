import Detect
import FoundationEssentials
import Synchronization

/// Alerts that were read before, by what is stored of them: around each new alert those of two hours are looked at again.
final class AlertCache: Sendable {
  private struct Entry {
    let content: Data
    let alert: Alert
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// So many are kept, a few kilobytes each.
  private static let most = 1 << 13

  /// - Returns: nil for what is damaged.
  func alert(_ id: String, _ content: Data) -> Alert? {
    if let known = entries.withLock({ $0[id] }), known.content == content { return known.alert }
    guard let alert = Alert(stored: Array(content)) else { return nil }
    entries.withLock { entries in
      if entries.count >= Self.most { entries.removeAll(keepingCapacity: true) }
      entries[id] = Entry(content: content, alert: alert)
    }
    return alert
  }
}
