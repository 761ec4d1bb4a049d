package import Bytes
import Findings

/// How much of what was given up is sent again (`alerts redeliver`).
package struct RedeliveryAnswer: KindOfAnswer {
  package static let kind = "Redelivery"

  private let count: Int

  package init(count: Int) { self.count = count }

  package init?(_ document: DocumentNode) {
    guard document["kind"]?.string == Self.kind, let count = document["count"]?.int else { return nil }
    self.count = Int(clamping: count)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) { writer.field("count", count) }

  package func text(_ terminal: Terminal) -> String {
    "\(Phrase.count(count, "delivery", "deliveries")) will be tried again\n"
  }
}
