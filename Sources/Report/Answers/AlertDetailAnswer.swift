package import Bytes
package import Detect

/// One alert that a store keeps, with its events and its history (`alerts show`).
package struct AlertDetailAnswer: KindOfAnswer {
  package static let kind = "AlertDetail"

  private let row: AlertRow
  private let description: String
  private let events: [Alert.Reference]
  private let notes: [NoteRow]

  package init(_ row: AlertRow, description: String, events: [Alert.Reference], notes: [NoteRow]) {
    self.row = row
    self.description = description
    self.events = events
    self.notes = notes
  }

  package init?(_ document: DocumentNode) {
    guard document["kind"]?.string == Self.kind, let row = AlertRow(document) else { return nil }
    self.init(
      row, description: document["description"]?.string ?? "",
      events: (document["events"]?.elements ?? []).map {
        Alert.Reference(
          source: $0["source"]?.string ?? "", line: Int(clamping: $0["line"]?.int ?? 0), id: $0["id"]?.string ?? "")
      }, notes: (document["notes"]?.elements ?? []).compactMap { NoteRow($0) })
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    row.write(&writer)
    writer.field("description", description)
    Alert.Reference.write(events, &writer)
    writer.key("notes")
    writer.array(of: notes) { writer, note in writer.object { note.write(&$0) } }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = "\(row.severity.uppercased())  \(terminal.bold(Terminal.printable(row.message)))\n"
    let facts = [
      ("id", row.id), ("rule", "\(row.rule): \(row.ruleTitle)"),
      ("time", "\(row.start.text(digits: 0)) to \(row.end.text(digits: 0))"), ("actor", row.actor),
      ("address", row.sourceAddress), ("ATT&CK", row.techniques.joined(separator: " ")),
      ("state", row.suppression.map { "suppressed by \($0)" } ?? row.triage.text), ("incident", row.incident ?? ""),
    ]
    for (name, value) in facts where !value.isEmpty {
      text += "  \(Terminal.padded(name, 8))  \(Terminal.printable(value))\n"
    }
    if !description.isEmpty { text += "\n\(terminal.wrapped(description, indent: 0))\n" }
    text += "\n"
    text += TextTable(
      "Events", columns: ["event", "source", "id"], rows: events.map { [String($0.line), $0.source, $0.id] }
    ).text(terminal)
    if row.eventCount > events.count {
      text +=
        "\(events.count) of \(Phrase.count(row.eventCount, "event")) \(Phrase.noun(events.count, "is", "are")) listed\n"
    }
    return text + NoteRow.text(notes, terminal)
  }
}
