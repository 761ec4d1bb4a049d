package import Bytes
package import Kube
import Reach

/// Whether one end may connect to another (`network can`).
package struct ConnectionAnswer: KindOfAnswer {
  package static let kind = "ConnectionAnswer"

  private let asked: AskedConnection

  package var notSeen: [NotSeen] { asked.notSeen }

  package init(_ asked: AskedConnection) { self.asked = asked }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) { asked.write(&writer) }

  package func text(_ terminal: Terminal) -> String {
    let word =
      switch asked.answer.verdict {
      case .allowed: "yes"
      case .denied: "no"
      case .unknown: "unknown"
      }
    return "\(word): \(asked.answer.reason)\n" + asked.answer.notes.map { "  \($0)\n" }.joined()
  }
}
