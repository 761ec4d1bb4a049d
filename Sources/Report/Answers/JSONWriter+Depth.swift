import Bytes
import Depth
import Findings

extension JSONWriter {
  /// Fields of a step of an attack, for an open object.
  mutating func step(from: String, to: String, _ text: String, _ technique: Technique) {
    field("from", from)
    field("to", to)
    field("technique", text)
    field("techniqueID", technique.id)
    field("attack", technique.attack?.id)
  }

  /// The depth of one target from one position.
  ///
  /// - Parameter isWhole: whether everything was seen; otherwise what was not found may be there.
  mutating func depth(_ answer: DepthField.Answer, isWhole: Bool) {
    object { writer in
      writer.field("path", answer.depth != nil ? "found" : isWhole ? "none" : "unknown")
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
          writer.step(from: step.from.text, to: step.to.text, step.text, step.technique)
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
