package import Bytes
package import Kube
package import Reach

/// Connections gained and lost (`network diff`).
package struct ConnectivityDiffAnswer: KindOfAnswer {
  package static let kind = "ConnectivityDiff"

  private let changes: [ConnectivityDiff.Change]

  package let notSeen: [NotSeen]

  /// - Parameter notSeen: of either side.
  package init(_ changes: [ConnectivityDiff.Change], notSeen: [NotSeen]) {
    self.changes = changes
    self.notSeen = notSeen
  }

  package var hasGains: Bool { changes.contains { $0.gained.hasPorts } }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("changes")
    writer.array(of: changes) { writer, change in
      writer.object { writer in
        writer.field("src", change.source.text)
        writer.field("dst", change.destination.text)
        writer.field("gained", change.gained.hasPorts ? change.gained.text : nil)
        writer.field("lost", change.lost.hasPorts ? change.lost.text : nil)
      }
      writer.drain(to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var rows: [[String]] = []
    for change in changes {
      let ends = [change.source.text, change.destination.text]
      if change.gained.hasPorts { rows.append(["+"] + ends + [change.gained.text]) }
      if change.lost.hasPorts { rows.append(["-"] + ends + [change.lost.text]) }
    }
    return rows.isEmpty
      ? notSeen.isEmpty ? "No connection was gained or lost.\n" : "No difference in what was seen.\n"
      : TextTable(columns: ["", "from", "to", "ports"], rows: rows).text(terminal)
  }
}
