import Bytes
import Depth
import Findings

extension JSONWriter {
  /// The depth of one target from one position.
  mutating func depth(_ answer: DepthField.Answer) {
    object { writer in
      func number(_ key: String, _ value: Int?) {
        writer.key(key)
        if let value { writer.value(value) } else { writer.null() }
      }
      number("depth", answer.depth?.upper)
      number("atLeast", answer.depth?.lower)
      number("certain", answer.certain?.upper)
    }
  }

  mutating func controls(_ controls: [StandingControl]) {
    array(of: controls) { writer, control in
      writer.object { writer in
        writer.field("mechanism", control.mechanism.rawValue)
        writer.field("point", control.point.text)
      }
    }
  }

  mutating func path(_ path: DepthPath, _ graph: DepthGraph) {
    object { writer in
      writer.field("depth", path.depth)
      writer.field("certain", path.isCertain)
      writer.key("controls")
      writer.controls(path.controls)
      writer.key("steps")
      writer.array(of: path.steps) { writer, step in
        writer.object { writer in
          writer.field("from", step.from.text)
          writer.field("to", step.to.text)
          writer.field("technique", step.text)
          writer.field("techniqueID", step.technique.id)
          writer.field("attack", step.technique.attack?.id)
          writer.key("controls")
          writer.controls(step.controls)
          writer.field("doubt", step.doubt?.text)
          writer.field("holds", graph.holds(step.proof))
          writer.field("commands", graph.commands(for: step.proof))
        }
      }
    }
  }
}
