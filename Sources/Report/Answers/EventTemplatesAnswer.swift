package import Bytes
package import Events

/// The templates of messages (`events templates`).
package struct EventTemplatesAnswer: KindOfAnswer {
  package static let kind = "EventTemplates"
  package static let formats: [OutputFormat] = [.table, .json, .csv]

  private let rows: [TemplateCensus.Row]
  private let events: Int
  private let silent: Int
  private let omitted: Int
  /// Templates beyond the limit.
  private let left: Int
  private let basis: EventBasis

  /// - Parameter limit: the number of templates that are shown.
  package init(_ census: TemplateCensus, rarestFirst: Bool, limit: Int, basis: EventBasis) {
    let all = census.rows(rarestFirst: rarestFirst)
    rows = Array(all.prefix(limit))
    left = all.count - rows.count
    events = census.events
    silent = census.silent
    omitted = census.omitted
    self.basis = basis
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .csv: sink(Array(table(withTimes: true).csv.utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("events", events)
    writer.field("withoutMessage", silent)
    writer.field("withoutTemplate", omitted)
    writer.field("templatesLeftOut", left)
    writer.key("templates")
    writer.array(of: rows) { writer, row in
      writer.object { writer in
        writer.field("template", row.template)
        writer.field("events", row.events)
        if let first = row.first { writer.field("first", first.text) }
        if let last = row.last { writer.field("last", last.text) }
        writer.field("example", row.example)
      }
    }
    basis.write(&writer)
  }

  private func table(withTimes: Bool) -> TextTable {
    TextTable(
      columns: ["events"] + (withTimes ? ["first", "last"] : []) + ["template"],
      rows: rows.map { row in
        [String(row.events)] + (withTimes ? [row.first?.text ?? "", row.last?.text ?? ""] : []) + [row.template]
      })
  }

  package func text(_ terminal: Terminal) -> String {
    // Lines that begin with a moment of no known form have none.
    let hasTimes = rows.contains { $0.first != nil }
    var text = rows.isEmpty ? "" : table(withTimes: hasTimes).text(terminal)
    text += "\(Phrase.count(events, "event")), \(Phrase.count(rows.count + left, "template"))"
    if silent > 0 { text += ", \(silent) without a message" }
    text += "\n"
    if left > 0 { text += "\(Phrase.count(left, "template")) more: --limit shows them\n" }
    if omitted > 0 { text += "\(Phrase.count(omitted, "message")) in no template, for want of room for more\n" }
    return text + basis.text
  }
}
