package import Bytes

/// Alerts of which nobody wants to hear for a while (`alerts suppressions`).
package struct SuppressionListAnswer: KindOfAnswer {
  package static let kind = "SuppressionList"

  /// One suppression; what is nil may be anything.
  package struct Item: Sendable {
    package let id: String
    package let rule: String?
    package let actor: String?
    package let sourceAddress: String?
    package let reason: String
    package let author: String
    package let created: Timestamp
    package let expires: Timestamp
    package let alerts: Int

    package init(
      id: String, rule: String?, actor: String?, sourceAddress: String?, reason: String, author: String,
      created: Timestamp, expires: Timestamp, alerts: Int
    ) {
      self.id = id
      self.rule = rule
      self.actor = actor
      self.sourceAddress = sourceAddress
      self.reason = reason
      self.author = author
      self.created = created
      self.expires = expires
      self.alerts = alerts
    }

    fileprivate init?(_ node: DocumentNode) {
      guard let id = node["id"]?.string, let created = node["created"]?.string.flatMap({ Timestamp($0) }),
        let expires = node["expires"]?.string.flatMap({ Timestamp($0) })
      else { return nil }
      self.init(
        id: id, rule: node["rule"]?.string, actor: node["actor"]?.string, sourceAddress: node["sourceIP"]?.string,
        reason: node["reason"]?.string ?? "", author: node["author"]?.string ?? "", created: created,
        expires: expires, alerts: Int(clamping: node["alerts"]?.int ?? 0))
    }
  }

  private let items: [Item]

  package init(_ items: [Item]) { self.items = items }

  package init?(_ document: DocumentNode) {
    guard let items = document.list("suppressions", of: Self.kind, { Item($0) }) else { return nil }
    self.items = items
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("suppressions")
    writer.array(of: items) { writer, item in
      writer.object { writer in
        writer.field("id", item.id)
        writer.field("rule", item.rule)
        writer.field("actor", item.actor)
        writer.field("sourceIP", item.sourceAddress)
        writer.field("reason", item.reason)
        writer.field("author", item.author)
        writer.field("created", item.created.text)
        writer.field("expires", item.expires.text)
        writer.field("alerts", item.alerts)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !items.isEmpty else { return "no suppressions\n" }
    return TextTable(
      columns: ["id", "rule", "actor", "address", "until", "alerts", "reason", "by"],
      rows: items.map { item in
        [
          item.id, item.rule ?? "any", item.actor ?? "any", item.sourceAddress ?? "any", item.expires.text(digits: 0),
          String(item.alerts), item.reason, item.author,
        ]
      }
    ).text(terminal)
  }
}
