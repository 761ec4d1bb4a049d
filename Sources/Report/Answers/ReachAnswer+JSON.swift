package import Bytes
package import Reach

extension ReachModel.Answer {
  /// What follows the reason: the condition that is left open, and what the input lacks.
  var notes: [String] {
    var notes: [String] = []
    if case .test = condition { notes.append("only for: \(condition.text)") }
    if !missing.isEmpty { notes.append("the input lacks: \(missing.map(\.text).joined(separator: "; "))") }
    return notes
  }

  /// The fields of an answer on one connection, within an object.
  package func write(_ writer: inout JSONWriter) {
    writer.field("allowed", allowed)
    writer.field("reason", reason)
    if verdict == .unknown {
      writer.field("verdict", verdict.rawValue)
      writer.key("missing")
      writer.array(of: missing) { $0.value($1.text) }
    }
    if case .test = condition { writer.field("l7", condition.text) }
  }
}
