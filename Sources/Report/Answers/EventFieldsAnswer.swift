package import Bytes
package import Events

/// Which fields events have (`events fields`).
package struct EventFieldsAnswer: KindOfAnswer {
  package static let kind = "EventFields"
  package static let formats: [OutputFormat] = [.table, .json, .csv]

  private let census: FieldSummary
  private let basis: EventBasis

  package init(_ census: FieldSummary, basis: EventBasis) {
    self.census = census
    self.basis = basis
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .csv: sink(Array(table.csv.utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("events", census.events)
    writer.key("fields")
    writer.array(of: census.fields) { writer, entry in
      writer.object { writer in
        writer.field("name", entry.name)
        writer.field("type", entry.type)
        writer.field("events", entry.events)
        writer.field("distinct", entry.distinct)
        writer.field("cut", entry.isCut)
        writer.key("top")
        writer.array(of: entry.top) { writer, item in
          writer.object { writer in
            writer.field("value", item.value)
            writer.field("count", item.count)
          }
        }
      }
    }
    basis.write(&writer)
  }

  /// Longer values are shown by their beginning.
  private static let mostLetters = 48

  private var table: TextTable {
    TextTable(
      columns: ["field", "type", "events", "values", "most frequent"],
      rows: census.fields.map { entry in
        [
          entry.name, entry.type, String(entry.events),
          (entry.isCut ? "more than " : "") + String(entry.distinct),
          entry.top.map { "\(Terminal.clipped(Self.line($0.value), Self.mostLetters)) (\($0.count))" }.joined(
            separator: ", "),
        ]
      })
  }

  private static func line(_ text: String) -> String { text.replacing("\n", with: " ") }

  package func text(_ terminal: Terminal) -> String {
    table.text(terminal) + Phrase.count(census.events, "event") + "\n" + basis.text
  }
}
