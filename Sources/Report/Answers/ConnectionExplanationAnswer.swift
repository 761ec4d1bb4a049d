package import Bytes
import Findings
package import Kube
import Reach

/// How each policy judges a connection, and which one decides (`network explain`).
package struct ConnectionExplanationAnswer: KindOfAnswer {
  package static let kind = "ConnectionExplanation"

  private let asked: AskedConnection

  package var notSeen: [NotSeen] { asked.notSeen }

  package init(_ asked: AskedConnection) { self.asked = asked }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    asked.write(&writer)
    writer.key("steps")
    writer.array(of: asked.answer.trace) { writer, step in
      writer.object { writer in
        writer.field("direction", step.direction.rawValue)
        writer.field("policy", step.policy.subject.text)
        writer.field("rule", step.rule)
        writer.field("location", step.location.text)
        writer.field("said", step.said)
        writer.field("decided", step.isDecisive)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let port = asked.port.map { " \($0)" } ?? ""
    var text =
      "\(asked.answer.verdict.rawValue): \(asked.source) to \(asked.destination), \(asked.transport)\(port)\n"
    for note in asked.answer.notes { text += terminal.wrapped(note, indent: 2) + "\n" }
    for direction in [TrafficDirection.egress, .ingress] {
      let steps = asked.answer.trace.filter { $0.direction == direction }
      text += "\(direction.rawValue) of \(direction == .egress ? asked.source : asked.destination)\n"
      if steps.isEmpty { text += "  no policy isolates it in this direction: everything is allowed\n" }
      for step in steps {
        let rule = step.rule.isEmpty ? "" : " \(step.rule)"
        text +=
          terminal.wrapped(
            "\(step.isDecisive ? "→" : " ") \(step.policy.subject.text)\(rule) \(step.said), \(step.location.text)",
            indent: 2) + "\n"
      }
    }
    return text
  }
}
