import Findings
import Kube
import PodSecurity
import Posture
import Report

/// What there is to say of one check: for a terminal, and as a page.
enum CheckText {
  static func text(_ check: CheckMetadata, _ terminal: Terminal) -> String {
    func section(_ title: String, _ text: String) -> String {
      terminal.bold(title) + "\n" + terminal.wrapped(text, indent: 2) + "\n\n"
    }
    var text = "\(check.title)\n\(check.id.rawValue), \(check.severity.name), \(check.area.rawValue)\n\n"
    text += section("Why", check.rationale) + section("What to do", check.remediation)
    text += terminal.bold("Right") + "\n" + check.example.split(separator: "\n").map { "  \($0)\n" }.joined() + "\n"
    text += section("Controls", check.controls.map(\.text).joined(separator: ", "))
    if !check.aliases.isEmpty { text += section("In other tools", check.aliases.joined(separator: ", ")) }
    return text + more(check.references, terminal)
  }

  static func text(_ point: ReviewPoint, command: String, _ terminal: Terminal) -> String {
    "\(point.title)\n\(point.id), \(point.severity.name), bartizan \(command)\n\n"
      + terminal.bold("Why") + "\n" + terminal.wrapped(point.rationale, indent: 2) + "\n\n"
      + terminal.bold("What to do") + "\n" + terminal.wrapped(point.remediation, indent: 2) + "\n\n"
      + more(point.references, terminal)
  }

  private static func more(_ references: [Reference], _ terminal: Terminal) -> String {
    terminal.bold("More") + "\n" + references.map { "  \($0.title): \($0.url)\n" }.joined()
  }

  /// The page in `docs/checks`.
  static func markdown(_ check: CheckMetadata) -> String {
    var text = "# \(check.title)\n\n"
    text += "`\(check.id.rawValue)` · \(check.severity.name) · \(check.area.rawValue)\n\n"
    text += "\(check.rationale)\n\n## What to do\n\n\(check.remediation)\n\n```yaml\n\(check.example)\n```\n\n"
    if !check.absenceOf.isEmpty {
      text +=
        "The check reports that something is absent (\(check.absenceOf.map(\.text).joined(separator: ", "))); it is *not evaluated* where part of the input could not be read.\n\n"
    }
    text += "## Controls\n\n"
    for control in check.controls { text += "- \(control.framework.title): \(control.id)\n" }
    if !check.aliases.isEmpty {
      text += "\n## In other tools\n\n" + check.aliases.map { "- `\($0)`\n" }.joined()
    }
    return text + "\n## More\n\n" + check.references.map { "- [\($0.title)](\($0.url))\n" }.joined()
  }
}
