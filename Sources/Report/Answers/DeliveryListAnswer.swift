package import Bytes

/// What is still to be sent, and what was given up (`alerts deliveries`).
package struct DeliveryListAnswer: KindOfAnswer {
  package static let kind = "DeliveryList"

  /// An alert or incident for one destination.
  package struct Item: Sendable {
    package let destination: String
    package let id: String
    /// `alert` or `incident`.
    package let what: String
    /// `waiting` or `dead`.
    package let state: String
    package let tries: Int
    package let created: Timestamp
    package let due: Timestamp
    package let reason: String

    package init(
      destination: String, id: String, what: String, state: String, tries: Int, created: Timestamp, due: Timestamp,
      reason: String
    ) {
      self.destination = destination
      self.id = id
      self.what = what
      self.state = state
      self.tries = tries
      self.created = created
      self.due = due
      self.reason = reason
    }

    fileprivate init?(_ node: DocumentNode) {
      guard let destination = node["destination"]?.string, let id = node["id"]?.string,
        let created = node["created"]?.string.flatMap({ Timestamp($0) }),
        let due = node["due"]?.string.flatMap({ Timestamp($0) })
      else { return nil }
      self.init(
        destination: destination, id: id, what: node["what"]?.string ?? "", state: node["state"]?.string ?? "",
        tries: Int(clamping: node["tries"]?.int ?? 0), created: created, due: due,
        reason: node["reason"]?.string ?? "")
    }
  }

  private let items: [Item]

  package init(_ items: [Item]) { self.items = items }

  package init?(_ document: DocumentNode) {
    guard let items = document.list("deliveries", of: Self.kind, { Item($0) }) else { return nil }
    self.items = items
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("deliveries")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.field("destination", item.destination)
        writer.field("id", item.id)
        writer.field("what", item.what)
        writer.field("state", item.state)
        writer.field("tries", item.tries)
        writer.field("created", item.created.text)
        writer.field("due", item.due.text)
        writer.field("reason", item.reason)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !items.isEmpty else { return "nothing waits to be sent\n" }
    return TextTable(
      columns: ["destination", "what", "id", "state", "tries", "next try", "why"],
      rows: items.map { item in
        [
          item.destination, item.what, item.id, item.state, String(item.tries),
          item.state == "dead" ? "" : item.due.text(digits: 0), item.reason,
        ]
      }
    ).text(terminal)
  }
}
