package import Access
package import Bytes
package import Depth
import Findings

/// How subjects get to something that they may not reach directly (`rbac paths`).
package struct EscalationPathsAnswer: KindOfAnswer {
  package static let kind = "EscalationPaths"

  /// Steps of a subject to the goal.
  package typealias Path = (subject: AccessSubject, steps: [EscalationGraph.Step])

  private let goal: EscalationGraph.Position
  private let paths: [Path]
  private let inventory: AccessInventory

  package init(to goal: EscalationGraph.Position, _ paths: [Path], _ inventory: AccessInventory) {
    self.goal = goal
    self.paths = paths
    self.inventory = inventory
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("to", goal.text)
    writer.key("paths")
    writer.array(of: paths) { writer, path in
      writer.object { writer in
        writer.field("subject", path.subject.text)
        writer.field("length", EscalationGraph.length(path.steps))
        writer.key("steps")
        writer.array(of: path.steps) { writer, step in
          writer.object { writer in
            writer.field("from", step.from.text)
            writer.field("to", step.to.text)
            writer.field("technique", step.text)
            writer.field("techniqueID", step.technique.id)
            writer.field("attack", step.technique.attack?.id)
            writer.field("binding", step.binding.map(inventory.describe))
            writer.field("location", step.binding.map(inventory.place(binding:)))
          }
        }
      }
      writer.drain(to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for path in paths {
      let steps = Phrase.count(EscalationGraph.length(path.steps), "step")
      text += "\(Terminal.printable(path.subject.text)): \(steps) to \(goal.text)\n"
      for step in path.steps {
        let by = step.binding.map { ", by \(inventory.describe(binding: $0)), \(inventory.place(binding: $0))" } ?? ""
        text += terminal.wrapped("→ \(step.to.text): \(step.text)\(by)", indent: 2) + "\n"
      }
    }
    return text
      + (paths.isEmpty
        ? "No path to \(goal.text) found.\n" : "\(Phrase.count(paths.count, "subject")) can get to \(goal.text).\n")
  }
}
