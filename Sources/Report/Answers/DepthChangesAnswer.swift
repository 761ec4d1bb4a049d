package import Bytes
package import Depth
package import Kube

/// What became deeper or shallower (`depth what-if`, `depth diff`).
package struct DepthChangesAnswer: KindOfAnswer {
  package static let kind = "DepthChanges"

  private let changes: DepthChanges
  package let notSeen: [NotSeen]

  package init(_ changes: DepthChanges, notSeen: [NotSeen]) {
    self.changes = changes
    self.notSeen = notSeen
  }

  package var isShallower: Bool { changes.isShallower }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("changes")
    writer.array(of: changes.changed) { writer, change in
      writer.object { writer in
        writer.field("target", change.target.position.text)
        writer.field("name", change.target.name)
        writer.field("from", change.start.text)
        writer.field("change", change.kind(isWhole: notSeen.isEmpty).rawValue)
        writer.key("before")
        writer.depth(change.before, isWhole: notSeen.isEmpty)
        writer.key("after")
        writer.depth(change.after, isWhole: notSeen.isEmpty)
      }
    }
    writer.field("unchanged", changes.all.count - changes.changed.count)
  }

  package func text(_ terminal: Terminal) -> String {
    let changed = changes.changed
    guard !changed.isEmpty else {
      return notSeen.isEmpty ? "No depth changes.\n" : "No depth changes in what was seen and judged.\n"
    }
    return TextTable(
      columns: ["", "target", "from", "before", "after"],
      rows: changed.map {
        [
          $0.kind(isWhole: notSeen.isEmpty).rawValue, $0.target.name, $0.start.text,
          DepthText.text($0.before, isWhole: notSeen.isEmpty),
          DepthText.text($0.after, isWhole: notSeen.isEmpty),
        ]
      }
    ).text(terminal)
  }
}
