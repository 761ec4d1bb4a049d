package import Bytes
package import Depth
import Findings
package import Kube

/// Paths to one target, weakest first (`depth paths`, `depth explain`).
package struct DepthPathsAnswer: KindOfAnswer {
  package static let kind = "DepthPaths"
  package static let formats: [OutputFormat] = [.table, .json, .dot, .svg, .html]

  /// Paths from one position.
  package struct Group: Sendable {
    package let start: DepthPosition
    package let answer: DepthField.Answer
    package let paths: [DepthPath]

    package init(start: DepthPosition, answer: DepthField.Answer, paths: [DepthPath]) {
      self.start = start
      self.answer = answer
      self.paths = paths
    }
  }

  private let target: DepthPosition
  private let groups: [Group]
  private let graph: DepthGraph
  private let isExplained: Bool
  package let notSeen: [NotSeen]

  /// - Parameter isExplained: whether what each step rests on is printed.
  package init(
    to target: DepthPosition, _ groups: [Group], _ graph: DepthGraph, isExplained: Bool, notSeen: [NotSeen]
  ) {
    self.target = target
    self.groups = groups
    self.graph = graph
    self.isExplained = isExplained
    self.notSeen = notSeen
  }

  /// Whether there is a path from any of the positions, each of whose steps exists.
  package var isReached: Bool { groups.contains { $0.paths.contains(where: \.isCertain) } }
  /// Whether there is one at least where what was not seen allows it.
  package var isPossible: Bool { groups.contains { !$0.paths.isEmpty } }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .dot: sink(Array(dot.utf8))
    case .svg: sink(Array(picture.svg.utf8))
    case .html: sink(Array(page.utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("target", target.text)
    writer.key("groups")
    writer.array(of: groups) { writer, group in
      writer.object { writer in
        writer.field("from", group.start.text)
        writer.key("answer")
        writer.depth(group.answer, isWhole: notSeen.isEmpty)
        writer.key("paths")
        writer.array(of: group.paths) { writer, path in writer.path(path, graph) }
      }
      writer.drain(to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for group in groups {
      text +=
        terminal.bold(
          Terminal.printable("\(target.text) from \(group.start.text): \(depth(of: group))")) + "\n"
      for (index, path) in group.paths.enumerated() {
        if group.paths.count > 1 {
          text += "path \(index + 1), depth \(path.depth)\(path.isCertain ? "" : ", not certain")\n"
        }
        text += self.text(path, terminal)
      }
    }
    return text
  }

  private func depth(of group: Group) -> String {
    let text = DepthText.text(group.answer, isWhole: notSeen.isEmpty)
    return group.answer.depth == nil ? text : "depth " + text
  }

  private func text(_ path: DepthPath, _ terminal: Terminal) -> String {
    var text = ""
    var failed = Set<StandingControl>()
    for step in path.steps {
      // A class whose member is named next says nothing that the member does not.
      if step.isMembership, !isExplained { continue }
      text +=
        terminal.wrapped("→ \(Terminal.printable(step.to.text)): \(Terminal.printable(step.text))", indent: 2) + "\n"
      for control in step.controls {
        let again = failed.insert(control).inserted ? "" : ", which has failed already"
        text += terminal.wrapped("has to fail: \(Terminal.printable(control.text))\(again)", indent: 6) + "\n"
      }
      if let doubt = step.doubt {
        text += terminal.wrapped("not certain: \(Terminal.printable(doubt.text))", indent: 6) + "\n"
      }
      guard isExplained else { continue }
      if let attack = step.technique.attack { text += "      ATT&CK \(attack.id)\n" }
      text += "      proof: \(graph.holds(step.proof) ? "holds" : "does not hold any more")\n"
      // Never wrapped: it is to be copied.
      for command in graph.commands(for: step.proof) { text += "        " + Terminal.printable(command) + "\n" }
      if case .inherent(let fact) = step.proof { text += terminal.wrapped(fact.text, indent: 8) + "\n" }
    }
    return text
  }

  private func title(_ index: Int, _ path: DepthPath, _ group: Group) -> String {
    let number = group.paths.count > 1 ? "Path \(index + 1) from" : "From"
    return "\(number) \(group.start.text): depth \(path.depth)\(path.isCertain ? "" : ", not certain")"
  }

  private var notes: [String] { notSeen.map { "not seen: \($0.kind.text): \($0.reason)" } }

  private var picture: DepthPicture {
    let rows = groups.flatMap { group in
      group.paths.enumerated().map { (title: "\(target.text): \(title($0, $1, group))", path: $1) }
    }
    let without = groups.filter { $0.paths.isEmpty }.map { "\(target.text) from \($0.start.text): \(depth(of: $0))" }
    return DepthPicture(rows, notes: without + notes)
  }

  private var page: String {
    let page = DepthPage(graph, notSeen: notSeen)
    var content = "<div class=\"summary\">\n"
    for group in groups { content += page.tile("from \(group.start.text)", group.answer) }
    content += "</div>\n"
    for (number, group) in groups.enumerated() {
      for (index, path) in group.paths.enumerated() {
        content += page.path(path, title: title(index, path, group), id: "g\(number)p\(index)")
      }
    }
    return page.html(
      title: "Depth of \(target.text)",
      lead: "How many independent controls have to fail, from where, and by which steps.",
      content)
  }

  private var dot: String {
    var lines = ["digraph depth {", "  rankdir=LR;", "  node [shape=box, fontname=\"sans-serif\"];"]
    if !notSeen.isEmpty {
      lines.append("  label=\(Self.label(notSeen.map { "not seen: \($0.kind.text): \($0.reason)" }));")
    }
    var seen = Set<String>()
    for step in groups.flatMap(\.paths).flatMap(\.steps) {
      let label = Self.label([step.technique.phrase] + step.controls.map(\.text))
      let style = step.doubt == nil ? "" : ", style=dashed"
      let line =
        "  \(Graphviz.quoted(Terminal.printable(step.from.text))) -> \(Graphviz.quoted(Terminal.printable(step.to.text))) [label=\(label)\(style)];"
      if seen.insert(line).inserted { lines.append(line) }
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// Quoted; lines of a label are set apart by a backslash and an n.
  private static func label(_ lines: [String]) -> String {
    let quoted = lines.map { Graphviz.quoted(Terminal.printable($0)).dropFirst().dropLast() }
    return "\"\(quoted.joined(separator: "\\n"))\""
  }
}
