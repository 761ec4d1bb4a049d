package import Bytes
package import Depth
import Findings
package import Kube

/// The cheapest changes after which a target is deeper (`depth cut`).
package struct DepthCutAnswer: KindOfAnswer {
  package static let kind = "DepthCut"

  /// From one position.
  package struct Cut: Sendable {
    package let start: DepthPosition
    /// Nil where nothing leads to the target.
    package let cut: DepthCut?

    package init(start: DepthPosition, cut: DepthCut?) {
      self.start = start
      self.cut = cut
    }
  }

  /// Sources of traffic that a change would stop and that are shown.
  private static let shownFlows = 5

  private let target: DepthPosition
  private let cuts: [Cut]
  private let usage: DepthUsage?
  package let notSeen: [NotSeen]

  /// - Parameter usage: what an audit log shows; nil without one.
  package init(of target: DepthPosition, _ cuts: [Cut], usage: DepthUsage? = nil, notSeen: [NotSeen]) {
    self.usage = usage
    self.target = target
    self.cuts = cuts
    self.notSeen = notSeen
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("target", target.text)
    for (name, span) in [("auditLogs", usage?.requestSpan), ("flowLogs", usage?.flowSpan)] {
      writer.key(name)
      guard let span else {
        writer.null()
        continue
      }
      writer.object { writer in
        writer.field("records", span.records)
        writer.field("from", span.first?.text)
        writer.field("to", span.last?.text)
      }
    }
    writer.key("cuts")
    writer.array(of: cuts) { writer, item in
      writer.object { writer in
        writer.field("from", item.start.text)
        writer.field("outcome", Self.outcome(item.cut))
        writer.key("before")
        writer.depth(item.cut?.before ?? DepthField.Answer.none, isWhole: notSeen.isEmpty)
        writer.key("after")
        if let after = item.cut?.after { writer.depth(after, isWhole: notSeen.isEmpty) } else { writer.null() }
        writer.field("cost", item.cut?.cost ?? 0)
        writer.key("changes")
        writer.array(of: Self.changes(item.cut)) { writer, item in
          writer.object { writer in
            writer.field("change", item.change.text)
            writer.field("cost", item.cost)
            writer.field("use", usage?.use(of: item.change).rawValue)
            writer.key("breaks")
            writer.array(of: usage?.broken(by: item.change) ?? []) { writer, broken in
              writer.object { writer in
                writer.field("from", broken.source.text)
                writer.field("to", broken.workload.text)
                writer.field("records", broken.records)
              }
            }
          }
        }
      }
    }
  }

  private static func changes(_ cut: DepthCut?) -> [(change: DepthChange, cost: Int)] {
    cut.map { Array(zip($0.changes, $0.costs)).map { (change: $0.0, cost: $0.1) } } ?? []
  }

  private static func outcome(_ cut: DepthCut?) -> String {
    switch cut?.outcome {
    case nil: "noPath"
    case .found: "found"
    case .notPossible: "notPossible"
    case .notFinished: "notFinished"
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for item in cuts {
      let title = Terminal.printable("\(target.text) from \(item.start.text)")
      guard let cut = item.cut else {
        text += terminal.bold("\(title): \(DepthText.text(DepthField.Answer.none, isWhole: notSeen.isEmpty))") + "\n"
        continue
      }
      switch cut.outcome {
      case .found:
        let after = DepthText.text(cut.after ?? DepthField.Answer.none, isWhole: notSeen.isEmpty)
        text +=
          terminal.bold("\(title): depth \(DepthText.text(cut.before, isWhole: notSeen.isEmpty)), then \(after)") + "\n"
        for item in Self.changes(cut) {
          let use =
            switch usage?.use(of: item.change) {
            case .unused: ", which nobody uses as far as the log goes"
            case .used: ", which somebody uses"
            case .unknown, nil: ""
            }
          text +=
            terminal.wrapped("\(Terminal.printable(item.change.text)) (cost \(item.cost)\(use))", indent: 2) + "\n"
          let broken = usage?.broken(by: item.change) ?? []
          for one in broken.prefix(Self.shownFlows) {
            let records = Phrase.count(one.records, "record")
            text +=
              terminal.wrapped(
                "breaks what came from \(Terminal.printable(one.source.text)) to \(Terminal.printable(one.workload.text)) (\(records))",
                indent: 4) + "\n"
          }
          if broken.count > Self.shownFlows { text += "    and from \(broken.count - Self.shownFlows) more\n" }
        }
        text += "  Cost \(cut.cost); the changed cluster was evaluated.\n"
      case .notPossible(let path):
        text += terminal.bold("\(title): depth \(DepthText.text(cut.before, isWhole: notSeen.isEmpty))") + "\n"
        text +=
          terminal.wrapped(
            "No change that is known here closes this path: \(Terminal.printable(DepthText.line(path)))", indent: 2)
          + "\n"
      case .notFinished:
        text += terminal.bold("\(title): depth \(DepthText.text(cut.before, isWhole: notSeen.isEmpty))") + "\n"
        text += "  The search for changes went beyond its limits; there may be some.\n"
      }
    }
    for (name, span) in [("audit", usage?.requestSpan), ("flow", usage?.flowSpan)] {
      guard let span else { continue }
      text +=
        terminal.wrapped(
          "The \(name) logs hold \(span.text): what they show no use of was not used then; of any other time, and of what they leave out, they tell nothing.",
          indent: 0) + "\n"
    }
    return text
  }
}
