package import Bytes

/// Alerts that a store keeps (`alerts list`), the latest first.
package struct AlertListAnswer: KindOfAnswer {
  package static let kind = "AlertList"
  package static let formats: [OutputFormat] = [.table, .json, .jsonl]

  package let alerts: [AlertRow]
  /// The cursor of the next page; nil where there is none.
  package let next: String?

  package init(alerts: [AlertRow], next: String?) {
    self.alerts = alerts
    self.next = next
  }

  /// - Returns: nil for a document that is none of this kind.
  package init?(_ document: DocumentNode) {
    guard let alerts = document.list("alerts", of: Self.kind, { AlertRow($0) }) else { return nil }
    self.init(alerts: alerts, next: document["next"]?.string)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("alerts")
    writer.array(of: alerts) { writer, alert in
      writer.object { alert.write(&$0) }
      writer.drain(to: sink)
    }
    writer.field("next", next)
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .jsonl: JSONWriter.lines(alerts, to: sink) { $1.write(&$0) }
    default: sink(Array(text(terminal).utf8))
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !alerts.isEmpty else { return "no alerts\n" }
    let table = TextTable(columns: AlertRow.columns, rows: alerts.map(\.cells)).text(terminal)
    return table + (next == nil ? "" : "there are more; --limit shows more of them\n")
  }
}
