package import Bytes

/// Incidents that a store keeps (`incidents list`), the latest first.
package struct IncidentListAnswer: KindOfAnswer {
  package static let kind = "IncidentList"
  package static let formats: [OutputFormat] = [.table, .json, .jsonl]

  package let incidents: [IncidentRow]
  /// The cursor of the next page; nil where there is none.
  package let next: String?

  package init(incidents: [IncidentRow], next: String?) {
    self.incidents = incidents
    self.next = next
  }

  package init?(_ document: DocumentNode) {
    guard let incidents = document.list("incidents", of: Self.kind, { IncidentRow($0) }) else { return nil }
    self.init(incidents: incidents, next: document["next"]?.string)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("incidents")
    writer.array(of: incidents) { writer, incident in
      writer.object { incident.write(&$0) }
      writer.drain(to: sink)
    }
    writer.field("next", next)
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .jsonl: JSONWriter.lines(incidents, to: sink) { $1.write(&$0) }
    default: sink(Array(text(terminal).utf8))
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !incidents.isEmpty else { return "no incidents\n" }
    let rows = incidents.map { incident in
      [
        incident.id, incident.start.text(digits: 0), incident.severity, incident.title, String(incident.alertCount),
        incident.triage.text,
      ]
    }
    let table = TextTable(columns: ["id", "start", "severity", "what", "alerts", "state"], rows: rows).text(terminal)
    return table + (next == nil ? "" : "there are more; --limit shows more of them\n")
  }
}
