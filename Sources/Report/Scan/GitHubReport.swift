import Bytes
import Findings

/// Annotations of GitHub Actions: one workflow command for each finding, which shows beside the line of the file.
///
/// Source: GitHub Docs, "Workflow commands for GitHub Actions"; that a step shows ten of a level is among the limits there, so
/// the worst come first and a last line counts them all.
enum GitHubReport: ScanFormat {
  static let format = OutputFormat.github

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) {
    for finding in result.findings {
      sink(
        line(
          level(finding.severity), finding.location, title: "\(finding.title) (\(finding.check.rawValue))",
          "\(finding.subject.text): \(finding.message)\n\(finding.remediation)"))
    }
    for problem in result.problems where problem.hidesInput {
      sink(line("warning", problem.location, title: "Not seen", problem.message))
    }
    for refusal in Refusals.of(result) {
      sink(line("warning", nil, title: "Not evaluated", Refusals.text(refusal)))
    }
    for gap in Unanswered.of(result) { sink(line("notice", nil, title: "Not evaluated", gap.text)) }
    let left = NotCounted.text(result)
    if let left { sink(line("notice", nil, title: "Not counted", left)) }
    let counts = Severity.allCases.reversed().filter { result.count($0) > 0 }.map { "\(result.count($0)) \($0.name)" }
    let status = result.status == .complete ? "" : "; \(result.status.rawValue): not everything was seen"
    sink(
      Array(
        "\(Phrase.count(result.findings.count, "finding"))\(counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))\(status)\(left.map { ". \($0)" } ?? "")\n"
          .utf8))
  }

  private static func level(_ severity: Severity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "notice"
    }
  }

  private static func line(_ level: String, _ location: Location?, title: String, _ message: String) -> [UInt8] {
    var properties: [String] = []
    if let location, location.line > 0 {
      let file = location.file.hasPrefix("./") ? String(location.file.dropFirst(2)) : location.file
      properties = ["file=" + property(file), "line=\(location.line)"]
      if location.column > 0 { properties.append("col=\(location.column)") }
    }
    properties.append("title=" + property(title))
    return Array("::\(level) \(properties.joined(separator: ","))::\(data(message))\n".utf8)
  }

  /// A text that neither ends its command nor begins another.
  private static func data(_ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.map { Terminal.printable(String($0)).replacing("%", with: "%25") }.joined(separator: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
