import ArgumentParser
import Bytes
import Findings
import Posture
import Report

struct FrameworkName: ExpressibleByArgument, Sendable {
  let framework: Control.Framework
  init?(argument: String) {
    guard let framework = Control.Framework(rawValue: argument) else { return nil }
    self.framework = framework
  }
  static var allValueStrings: [String] { Control.Framework.allCases.map(\.rawValue) }
}

enum FrameworkText {
  static func write(_ report: FrameworkReport, _ format: ReportFormat) throws(BartizanError) {
    switch format {
    case .json:
      StandardOutput.answer("FrameworkReport") { writer in
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
    case .table:
      let sheet = TextTable(
        report.framework.title, columns: ["control", "status", "findings", "what"],
        rows: report.rows.map { [$0.id, $0.status.rawValue, $0.findings > 0 ? String($0.findings) : "", $0.title] })
      let counts = Dictionary(grouping: report.rows, by: \.status.rawValue).mapValues(\.count).sorted {
        $0.key < $1.key
      }
      StandardOutput.write(
        sheet.text(Terminal(width: StandardOutput.width, colour: false))
          + counts.map { "\($0.value) \($0.key)" }.joined(separator: ", ") + "\n")
    default: throw BartizanError(.usage, "--framework is shown as table or json")
    }
  }
}
