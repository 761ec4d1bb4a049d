package import Admission
package import Bytes
import Findings
package import Kube

/// What there is to say of policies before they are applied (`admission lint`).
package struct PolicyRemarksAnswer: KindOfAnswer {
  package static let kind = "PolicyRemarks"

  private let remarks: PolicyRemarks

  package init(_ remarks: PolicyRemarks) { self.remarks = remarks }

  package var notSeen: [NotSeen] { remarks.notSeen }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("objects", remarks.objects)
    writer.key("refused")
    writer.array(of: remarks.refused) { writer, item in
      writer.object { writer in
        writer.field("kind", item.object.kind)
        writer.field("name", item.object.name)
        writer.field("location", item.object.location.text)
        writer.field("status", item.refusal.status)
        writer.field("reason", item.refusal.reason)
        writer.field("message", item.refusal.message)
      }
    }
    writer.key("remarks")
    writer.array(of: remarks.remarks) { writer, remark in
      writer.object { writer in
        writer.field("remark", remark.kind.rawValue)
        writer.key("object")
        writer.object { writer in
          writer.field("kind", remark.object.kind)
          writer.field("name", remark.object.name)
        }
        writer.field("location", remark.location.text)
        writer.field("field", remark.field)
        writer.field("message", remark.message)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for remark in remarks.remarks {
      let head = "\(remark.location.text): \(remark.object.kind)/\(remark.object.name): \(Self.word(remark.kind))"
      text += Terminal.printable(head) + "\n"
      if !remark.field.isEmpty { text += "  " + Terminal.printable(remark.field) + "\n" }
      // The checker points into the expression: its lines stay as they are.
      for line in remark.message.split(whereSeparator: \.isNewline) {
        text += "  " + Terminal.printable(String(line)) + "\n"
      }
    }
    return text
      + "\(Phrase.count(remarks.objects, "object")): \(remarks.refused.count) refused, \(Phrase.count(remarks.remarks.count { $0.kind == .warning || $0.kind == .strict }, "warning")), \(Phrase.count(remarks.remarks.count { ![.refused, .strict, .warning].contains($0.kind) }, "note")).\n"
  }

  private static func word(_ kind: PolicyRemarks.Kind) -> String {
    switch kind {
    case .refused: "refused by the server"
    case .strict: "refused by kubectl's strict decoding; the server itself drops it"
    case .warning: "warning of the type checker"
    case .ineffective: "without effect"
    case .notKnown: "not known"
    case .notUnderstood: "not understood"
    case .otherEngine: "of another engine"
    case .notServed: "not served as a server comes"
    case .caution: "take care"
    }
  }
}
