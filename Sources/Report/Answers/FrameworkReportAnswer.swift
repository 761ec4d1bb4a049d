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
    if let benchmark = report.benchmark { writer.field("benchmark", benchmark) }
    writer.key("controls")
    writer.array(of: report.rows) { writer, row in
      writer.object { writer in
        writer.field("id", row.id)
        writer.field("title", row.title)
        writer.field("status", row.status.rawValue)
        writer.field("findings", row.findings)
        writer.field("accepted", row.accepted)
        writer.field("checks", row.checks)
        if let reason = row.reason { writer.field("reason", reason) }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      report.framework.title + (report.benchmark.map { ", " + $0 } ?? ""),
      columns: ["control", "status", "findings", "what"],
      rows: report.rows.map { row in
        let reason = row.reason.map { " (\($0))" } ?? ""
        return [
          row.id, row.status.rawValue, row.findings > 0 ? String(row.findings) : "", row.title + reason,
        ]
      })
    let counts = Dictionary(grouping: report.rows, by: \.status.rawValue).mapValues(\.count)
    return table.text(terminal)
      + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ") + "\n"
  }
}
