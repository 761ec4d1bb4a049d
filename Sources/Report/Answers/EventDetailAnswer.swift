package import Bytes
import Events

/// One event with all of its fields and its original (`events show`).
package struct EventDetailAnswer: KindOfAnswer {
  package static let kind = "EventDetail"

  private let event: ReportedEvent

  package init(_ event: ReportedEvent) { self.event = event }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("event")
    writer.event(event, [])
  }

  package func text(_ terminal: Terminal) -> String {
    var rows: [[String]] = []
    for (field, values) in event.event.fields() {
      for (index, value) in values.enumerated() { rows.append([index == 0 ? field.name : "", value.text]) }
    }
    let original = event.event.originalText
    var shown = original
    if original.utf8.first == UInt8(ascii: "{"), let document = try? JSONReader.read(Array(original.utf8)) {
      var writer = JSONWriter(pretty: true)
      writer.value(document)
      shown = writer.text
    }
    return TextTable("Event \(Terminal.printable(event.id))", columns: ["field", "value"], rows: rows).text(terminal)
      + "\n" + terminal.bold("Original") + "\n" + Terminal.printableLines(shown) + "\n"
  }
}
