import Bytes
import Findings

/// Comma-separated values (RFC 4180), one finding per row.
enum CSVReport: ScanFormat {
  static let format = OutputFormat.csv

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) { sink(Array(text(result, options).utf8)) }

  private static func text(_ result: ScanResult, _ options: ReportOptions) -> String {
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
        finding.location.line > 0 ? String(finding.location.line) : "", finding.remediation,
        finding.controls.map(\.text).joined(separator: " "),
        finding.fingerprint.text,
      ]
    }
    // A table without rows would read as a clean one.
    rows += result.problems.filter(\.hidesInput).map { problem in
      [
        "unknown", "", "Not read", "", "", "", problem.message, problem.location.file,
        problem.location.line > 0 ? String(problem.location.line) : "",
        "",
        "", "",
      ]
    }
    rows += Refusals.of(result).map { gap in
      [
        "unknown", gap.check?.rawValue ?? "", "Not evaluated", "", "", "", gap.reason, "", "", "", "", "",
      ]
    }
    rows += Unanswered.of(result).map { gap in
      [
        "unknown", gap.checks.joined(separator: " "), "Not evaluated for \(Phrase.count(gap.objects, "object"))", "",
        "",
        "", gap.reason, "", "", "", "", "",
      ]
    }
    rows += NotCounted.clauses(result).map { clause in
      ["", "", "Not counted", "", "", "", clause, "", "", "", "", ""]
    }
    return CSV.text(rows)
  }
}
