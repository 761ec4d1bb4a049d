package import Bytes
import Findings
package import Kube
package import Reach

/// Policies without effect, shadowed rules, pods that no policy covers (`network lint`).
package struct PolicyLintAnswer: KindOfAnswer {
  package static let kind = "PolicyLint"

  private let remarks: [PolicyRemark]

  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - namespace: of the policies; nil for all. What is about no single object stays.
  ///   - notSeen: what the model of the input lacks.
  package init(_ lint: PolicyLint, namespace: String? = nil, notSeen: [NotSeen]) {
    remarks = lint.remarks.filter { remark in
      guard let namespace, let object = remark.object else { return true }
      return object.namespace.map { $0 == namespace }
        ?? (object.object?.kind != "Namespace" || object.name == namespace)
    }
    self.notSeen = notSeen
  }

  package var isClean: Bool { remarks.isEmpty }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("remarks")
    writer.array(of: remarks) { writer, remark in
      writer.object { writer in
        writer.field("code", remark.code.rawValue)
        writer.field("location", remark.location.text)
        writer.field("message", remark.message)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !remarks.isEmpty else { return notSeen.isEmpty ? "No problems found.\n" : "No problems in what was seen.\n" }
    return TextTable(
      columns: ["what", "place", "why"], rows: remarks.map { [$0.code.rawValue, $0.location.text, $0.message] }
    ).text(terminal)
  }
}
