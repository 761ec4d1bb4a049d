import Findings

/// Comma-separated values (RFC 4180), one finding a row.
enum CSVReport {
  static func render(_ result: ScanResult, _ options: ReportOptions) -> String {
    var rows = [
      [
        "severity", "check", "title", "namespace", "kind", "name", "message", "file", "line", "remediation", "controls",
        "fingerprint",
      ]
    ]
    rows += result.findings.map { finding in
      [
        finding.severity.name, finding.check.rawValue, finding.title, finding.subject.namespace ?? "",
        finding.subject.kind, finding.subject.name, finding.message, finding.location.file,
        String(finding.location.line), finding.remediation, finding.controls.map(\.text).joined(separator: " "),
        finding.fingerprint.text,
      ]
    }
    return CSV.text(rows)
  }
}

package enum CSV {
  package static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    // A cell that begins like a formula would be run by a spreadsheet; a leading apostrophe makes it text.
    let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    guard safe.contains(where: { "\",\r\n".contains($0) || $0 == "\r\n" }) else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
