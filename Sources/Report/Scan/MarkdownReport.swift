import Bytes
import Findings

/// Markdown for comments on pull requests.
enum MarkdownReport: ScanFormat {
  static let format = OutputFormat.markdown

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) { sink(Array(text(result, options).utf8)) }

  private static func text(_ result: ScanResult, _ options: ReportOptions) -> String {
    var text = "# Bartizan: \(headline(result))\n\n"
    text += "| severity | findings |\n|---|---:|\n"
    for severity in Severity.allCases.reversed() where result.count(severity) > 0 {
      text += "| \(severity.name) | \(result.count(severity)) |\n"
    }
    text +=
      "\n\(Phrase.count(result.objects, "object")), \(Phrase.count(result.workloads, "workload")), \(Phrase.count(result.checks, "check")). Scan: \(result.status.rawValue).\n"
    if let left = NotCounted.text(result) { text += "\n\(escaped(left))\n" }
    for remark in result.problems where remark.isUnvalidated { text += "\n\(escaped(remark.message)).\n" }
    if let depth = result.depth, depth.gap != nil || !depth.reached.isEmpty {
      text += "\n## Depth: controls that have to fail, from the internet\n\n"
      if let gap = depth.gap { text += "\(escaped(gap)).\n" }
      let rows = depth.gap == nil ? depth.rows : []
      if !rows.isEmpty { text += "| target | depth | weakest path |\n|---|---|---|\n" }
      for row in rows {
        text += "| `\(code(row.target))` | \(row.text(isWhole: depth.isWhole)) | \(escaped(row.path)) |\n"
      }
    }
    let steps = FirstSteps.of(result)
    if !steps.isEmpty { text += "\n## What to do first\n\n" }
    for (index, step) in steps.enumerated() {
      let why = step.why.map { " Within reach: \(escaped($0))." } ?? ""
      text +=
        "\(index + 1). **`\(code(step.title))`** (\(step.severity.name)): \(escaped(step.what)).\(why) \(escaped(step.remediation))\n"
    }
    for (subject, findings) in Grouping.bySubject(result.findings) {
      text += "\n## `\(code(subject.text))`\n\n| | what | where | what to do |\n|---|---|---|---|\n"
      for finding in findings {
        text +=
          "| \(finding.severity.name) | **\(escaped(finding.title))** (`\(finding.check.rawValue)`): \(escaped(finding.message)) | `\(code(finding.location.text))` | \(escaped(finding.remediation)) |\n"
      }
    }
    let unseen = result.problems.filter(\.hidesInput)
    let refusals = Refusals.of(result)
    let unanswered = Unanswered.of(result)
    if !unseen.isEmpty || !refusals.isEmpty || !unanswered.isEmpty {
      text += "\n## What was not seen\n\n"
      for item in refusals { text += "- \(escaped(item.reason))\n" }
      for problem in unseen { text += "- `\(code(problem.location.text))`: \(escaped(problem.message))\n" }
      for item in unanswered { text += "- \(escaped(item.text))\n" }
    }
    return text
  }

  private static func headline(_ result: ScanResult) -> String {
    if result.findings.isEmpty {
      return result.status == .complete
        ? (result.setAside.isEmpty ? "no findings" : "no findings that count") : "no findings in what could be seen"
    }
    return Phrase.count(result.findings.count, "finding")
  }

  /// Text between backquotes is left as it is: that is how messages mark code. What names bring along makes no link of its own.
  static func escaped(_ text: String) -> String {
    var result = ""
    let printable = Terminal.printable(text)
    let isMarked = printable.count { $0 == "`" } % 2 == 0
    var isCode = false
    for character in printable {
      switch character {
      case "|": result += "\\|"
      case "\n", "\r\n": result += " "
      case "`":
        if isMarked { isCode.toggle() }
        result += isMarked ? "`" : "'"
      case "<" where !isCode: result += "&lt;"
      case "[" where !isCode, "]" where !isCode: result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  /// For what stands between backquotes.
  static func code(_ text: String) -> String {
    Terminal.printable(text).replacing("`", with: "'").replacing("\n", with: " ").replacing("|", with: "\\|")
  }
}
