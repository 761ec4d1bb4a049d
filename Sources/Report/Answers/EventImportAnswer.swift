package import Bytes
package import Events

/// What was taken into a store of events (`events import`).
package struct EventImportAnswer: KindOfAnswer {
  package static let kind = "EventImport"

  private let stored: Int
  private let repeated: Int
  private let datasets: [(dataset: String, events: Int)]
  private let basis: EventBasis

  /// - Parameters:
  ///   - repeated: number of events that had been stored before.
  ///   - datasets: number of events that were read, by source.
  package init(stored: Int, repeated: Int, datasets: [Dataset: Int], basis: EventBasis) {
    self.stored = stored
    self.repeated = repeated
    self.datasets = datasets.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
    self.basis = basis
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("stored", stored)
    writer.field("repeated", repeated)
    writer.key("sources")
    writer.array(of: datasets) { writer, item in
      writer.object { writer in
        writer.field("dataset", item.dataset)
        writer.field("events", item.events)
      }
    }
    basis.write(&writer)
  }

  package func text(_ terminal: Terminal) -> String {
    var text = TextTable(
      columns: ["source", "events"], rows: datasets.map { [$0.dataset, String($0.events)] }
    ).text(terminal)
    text += "\(Phrase.count(stored, "event")) stored"
    if repeated > 0 { text += ", \(repeated) had been stored before" }
    return text + "\n" + basis.text
  }
}
