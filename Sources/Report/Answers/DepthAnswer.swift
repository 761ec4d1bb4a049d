package import Bytes
package import Depth
package import Kube

/// Things worth protecting and how deep they lie (`depth table`).
package struct DepthAnswer: KindOfAnswer {
  package static let kind = "Depth"

  package static let formats: [OutputFormat] = [.table, .json, .markdown, .html, .sarif]

  private let review: DepthReview
  private let graph: DepthGraph
  package let notSeen: [NotSeen]

  package init(_ review: DepthReview, _ graph: DepthGraph, notSeen: [NotSeen]) {
    self.review = review
    self.graph = graph
    self.notSeen = notSeen
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .markdown: sink(Array(markdown.utf8))
    case .html: sink(Array(page.utf8))
    case .sarif: sarif(to: sink)
    default: sink(Array(wholeText(terminal).utf8))
    }
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
          DepthText.doubt,
          indent: 0) + "\n"
    }
    return text
  }

  // MARK: Pages and comments

  private var page: String {
    let page = DepthPage(graph, notSeen: notSeen)
    var content = page.table(review)
    for (index, row) in review.rows.enumerated() {
      guard let weakest = row.weakest else { continue }
      content += page.path(
        weakest.path, title: "\(row.target.name) from \(weakest.start.text): depth \(weakest.path.depth)",
        id: "p\(index)")
    }
    return page.html(
      title: "Depth", lead: "How many independent controls stand between an attacker and what matters.", content)
  }

  private var markdown: String {
    let columns = ["target"] + review.starts.map { "from \($0.text)" } + ["weakest path"]
    var text = "| " + columns.joined(separator: " | ") + " |\n|" + columns.map { _ in "---|" }.joined() + "\n"
    for row in review.rows {
      let cells =
        [row.target.name] + row.answers.map { DepthText.text($0, isWhole: notSeen.isEmpty) }
        + [row.weakest.map { DepthText.line($0.path) } ?? ""]
      text += "| " + cells.map(Markdown.cell).joined(separator: " | ") + " |\n"
    }
    text += "\nDepth: how many independent controls have to fail first. 0 is an open door.\n"
    if review.rows.contains(where: { row in row.answers.contains { $0.certain != $0.depth } }) {
      text += DepthText.doubt + "\n"
    }
    if !notSeen.isEmpty {
      text += "\nNot seen: the answer is not the whole.\n\n"
      for item in notSeen { text += "- \(Markdown.cell("\(item.kind.text): \(item.reason)"))\n" }
    }
    return text
  }

  // MARK: SARIF

  /// Things that lie less deep than this are results: what is deeper is as it should be.
  private static let shallow = 2

  private func sarif(to sink: ([UInt8]) -> Void) {
    func describe(_ id: String, _ writer: inout JSONWriter) {
      writer.object { writer in
        writer.field("id", id)
        SARIF.text("shortDescription", "Fewer than two independent controls stand before it", &writer)
      }
    }
    let rule = "shallow-target"
    SARIF.log(version: nil, rules: [rule], rule: describe, to: sink) { writer in
      if !notSeen.isEmpty {
        writer.key("invocations")
        writer.array { writer in
          writer.object { writer in
            writer.field("executionSuccessful", false)
            writer.key("toolExecutionNotifications")
            writer.array(of: notSeen) { writer, item in
              writer.object { writer in
                writer.field("level", "warning")
                SARIF.text("message", "not seen: \(item.kind.text): \(item.reason)", &writer)
              }
            }
          }
        }
      }
      writer.key("results")
      writer.array(of: review.rows.filter { ($0.weakest?.path.depth ?? Self.shallow) < Self.shallow }) { writer, row in
        writer.object { writer in
          let depth = row.weakest?.path.depth ?? 0
          writer.field("ruleId", rule)
          writer.field("level", depth == 0 ? "error" : "warning")
          let way = row.weakest.map { DepthText.line($0.path) } ?? ""
          SARIF.text("message", "\(row.target.name): depth \(depth), \(way)", &writer)
          writer.key("partialFingerprints")
          writer.object { $0.field("target", row.target.position.text) }
          let place = row.weakest?.path.steps.lazy.compactMap { graph.location(of: $0) }.first
          writer.key("locations")
          writer.array { writer in
            guard let place else { return }
            writer.object { SARIF.location(place, &$0) }
          }
        }
      }
    }
  }
}
