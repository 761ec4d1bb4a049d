package import Bytes

/// One incident that a store keeps, as a story with its alerts and its history (`incidents show`).
package struct IncidentDetailAnswer: KindOfAnswer {
  package static let kind = "IncidentDetail"

  private let row: IncidentRow
  private let story: String
  private let tactics: [String]
  private let techniques: [String]
  private let entities: [(kind: String, name: String)]
  private let alerts: [AlertRow]
  private let notes: [NoteRow]

  package init(
    _ row: IncidentRow, story: String, tactics: [String], techniques: [String],
    entities: [(kind: String, name: String)], alerts: [AlertRow], notes: [NoteRow]
  ) {
    self.row = row
    self.story = story
    self.tactics = tactics
    self.techniques = techniques
    self.entities = entities
    self.alerts = alerts
    self.notes = notes
  }

  package init?(_ document: DocumentNode) {
    guard document["kind"]?.string == Self.kind, let row = IncidentRow(document) else { return nil }
    self.init(
      row, story: document["story"]?.string ?? "", tactics: document["tactics"]?.strings ?? [],
      techniques: document["techniques"]?.strings ?? [],
      entities: (document["entities"]?.elements ?? []).map { ($0["kind"]?.string ?? "", $0["name"]?.string ?? "") },
      alerts: (document["alerts"]?.elements ?? []).compactMap { AlertRow($0) },
      notes: (document["notes"]?.elements ?? []).compactMap { NoteRow($0) })
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    row.write(&writer)
    writer.field("story", story)
    writer.field("tactics", tactics)
    writer.field("techniques", techniques)
    writer.key("entities")
    writer.array(of: entities) { writer, entity in
      writer.object { writer in
        writer.field("kind", entity.kind)
        writer.field("name", entity.name)
      }
    }
    writer.key("alerts")
    writer.array(of: alerts) { writer, alert in
      writer.object { alert.write(&$0) }
      writer.drain(to: sink)
    }
    writer.key("notes")
    writer.array(of: notes) { writer, note in writer.object { note.write(&$0) } }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = "\(row.severity.uppercased())  \(terminal.bold(Terminal.printable(row.title)))\n"
    text += "  \(row.id), \(Terminal.printable(row.triage.text))"
    if !techniques.isEmpty { text += "; \(techniques.joined(separator: " "))" }
    text += "\n\n"
    for line in story.split(separator: "\n") { text += terminal.wrapped(String(line), indent: 0) + "\n" }
    text += "\n"
    text += TextTable(
      "Alerts", columns: ["id", "time", "severity", "what", "rule", "state"],
      rows: alerts.map { Array($0.cells.dropLast()) }
    ).text(terminal)
    return text + NoteRow.text(notes, terminal)
  }
}
