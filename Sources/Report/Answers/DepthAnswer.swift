package import Bytes
package import Depth
package import Kube

/// Things worth protecting and how deep they lie (`depth table`).
package struct DepthAnswer: KindOfAnswer {
  package static let kind = "Depth"

  private let review: DepthReview
  private let graph: DepthGraph
  package let notSeen: [NotSeen]

  package init(_ review: DepthReview, _ graph: DepthGraph, notSeen: [NotSeen]) {
    self.review = review
    self.graph = graph
    self.notSeen = notSeen
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("from", review.starts.map(\.text))
    writer.key("targets")
    writer.array(of: review.rows) { writer, row in
      writer.object { writer in
        writer.field("target", row.target.position.text)
        writer.field("name", row.target.name)
        writer.field("value", row.target.value)
        writer.field("reason", row.target.reason?.text)
        writer.key("depths")
        writer.array(of: zip(review.starts, row.answers)) { writer, pair in
          writer.object { writer in
            writer.field("from", pair.0.text)
            writer.key("answer")
            writer.depth(pair.1, isWhole: notSeen.isEmpty)
          }
        }
        writer.key("weakest")
        if let weakest = row.weakest { writer.path(weakest.path, graph) } else { writer.null() }
      }
      writer.drain(to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let hasValues = review.rows.contains { $0.target.value != nil }
    let columns =
      ["target"] + (hasValues ? ["value"] : []) + review.starts.map { "from \($0.text)" } + ["weakest path"]
    let rows = review.rows.map { row in
      [row.target.name] + (hasValues ? [row.target.value ?? ""] : [])
        + row.answers.map { DepthText.text($0, isWhole: notSeen.isEmpty) }
        + [row.weakest.map { DepthText.line($0.path) } ?? ""]
    }
    var text = TextTable(columns: columns, rows: rows).text(terminal)
    let isDoubtful = review.rows.contains { row in row.answers.contains { $0.certain != $0.depth } }
    text +=
      "\n" + terminal.wrapped("Depth: how many independent controls have to fail first. 0 is an open door.", indent: 0)
      + "\n"
    if isDoubtful {
      text +=
        terminal.wrapped(
          "1 to 2: 1 if what the input does not show is as it may be, 2 for certain. `depth explain` says what is not known.",
          indent: 0) + "\n"
    }
    return text
  }
}
