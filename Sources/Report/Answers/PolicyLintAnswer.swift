package import Bytes
import Findings
package import Reach

/// Policies that do nothing, rules that are shadowed, pods that were forgotten (`network lint`).
package struct PolicyLintAnswer: KindOfAnswer {
  package static let kind = "PolicyLint"

  private let remarks: [PolicyRemark]

  package init(_ lint: PolicyLint) { remarks = lint.remarks }

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
    guard !remarks.isEmpty else { return "No problems found.\n" }
    return TextTable(
      columns: ["what", "place", "why"], rows: remarks.map { [$0.code.rawValue, $0.location.text, $0.message] }
    ).text(terminal)
  }
}
