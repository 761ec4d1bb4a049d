package import Admission
package import Bytes
import Findings
import Kube

/// What there is to say of policies before they are applied (`admission lint`).
package struct PolicyRemarksAnswer: KindOfAnswer {
  package static let kind = "PolicyRemarks"

  private let remarks: PolicyRemarks

  package init(_ remarks: PolicyRemarks) { self.remarks = remarks }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("objects", remarks.objects)
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
    let refused = Set(
      remarks.remarks.filter { $0.kind == .refused }.map { "\($0.object.kind) \($0.object.name) \($0.object.location)" }
    ).count
    return text
      + "\(Phrase.count(remarks.objects, "object")): \(refused) refused, \(Phrase.count(remarks.remarks.count { $0.kind == .warning }, "warning")), \(Phrase.count(remarks.remarks.count { $0.kind == .ineffective || $0.kind == .notUnderstood }, "note")).\n"
  }

  private static func word(_ kind: PolicyRemarks.Kind) -> String {
    switch kind {
    case .refused: "refused by the server"
    case .warning: "warning of the type checker"
    case .ineffective: "without effect"
    case .notUnderstood: "not understood"
    }
  }
}
