package import Bytes

/// What was deleted from a store of events (`events prune`).
package struct EventPruneAnswer: KindOfAnswer {
  package static let kind = "EventPrune"

  /// A day, or a source of a day.
  package struct Item: Sendable {
    let day: String
    let dataset: String?
    let events: Int
    let bytes: Int
    let reason: String

    /// - Parameters:
    ///   - dataset: nil for all of the day.
    ///   - reason: `age`, `size` or `source`.
    package init(day: String, dataset: String?, events: Int, bytes: Int, reason: String) {
      self.day = day
      self.dataset = dataset
      self.events = events
      self.bytes = bytes
      self.reason = reason
    }
  }

  private let items: [Item]
  private let remaining: Int
  private let isTrial: Bool

  /// - Parameter remaining: bytes of the store afterwards.
  package init(items: [Item], remaining: Int, isTrial: Bool) {
    self.items = items
    self.remaining = remaining
    self.isTrial = isTrial
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("dryRun", isTrial)
    writer.key("deleted")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.field("day", item.day)
        writer.field("dataset", item.dataset)
        writer.field("events", item.events)
        writer.field("bytes", item.bytes)
        writer.field("reason", item.reason)
      }
    }
    writer.field("remainingBytes", remaining)
  }

  package func text(_ terminal: Terminal) -> String {
    TextTable(
      isTrial ? "Would be deleted" : "Deleted", columns: ["day", "source", "events", "bytes", "by"],
      rows: items.map { [$0.day, $0.dataset ?? "all", String($0.events), ByteCount.text($0.bytes), $0.reason] }
    ).text(terminal) + "\(ByteCount.text(remaining)) \(isTrial ? "would remain" : "remain")\n"
  }
}
