package import Bytes
import Findings
package import Posture

/// A scan by the controls of a framework (`scan --framework`).
package struct FrameworkReportAnswer: KindOfAnswer {
  package static let kind = "FrameworkReport"

  private let report: FrameworkReport

  package init(_ report: FrameworkReport) { self.report = report }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("framework", report.framework.rawValue)
    writer.key("controls")
    writer.array(of: report.rows) { writer, row in
      writer.object { writer in
        writer.field("id", row.id)
        writer.field("title", row.title)
        writer.field("status", row.status.rawValue)
        writer.field("findings", row.findings)
        writer.field("checks", row.checks)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      report.framework.title, columns: ["control", "status", "findings", "what"],
      rows: report.rows.map { [$0.id, $0.status.rawValue, $0.findings > 0 ? String($0.findings) : "", $0.title] })
    let counts = Dictionary(grouping: report.rows, by: \.status.rawValue).mapValues(\.count)
    return table.text(terminal)
      + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ") + "\n"
  }
}
