import Findings
import Kube
import PodSecurity
import Report

/// What there is to say of one check: for a terminal, and as a page.
enum CheckText {
  static func text(_ check: CheckMetadata, _ terminal: Terminal) -> String {
    func section(_ title: String, _ text: String) -> String {
      terminal.bold(title) + "\n" + terminal.wrapped(text, indent: 2) + "\n\n"
    }
    var text =
      "\(check.title)\n\(check.id.rawValue), \(check.severity.name), \(check.area.rawValue) (bartizan \(check.area.command))\n\n"
    text += section("Why", check.rationale) + section("What to do", check.remediation)
    for example in check.examples where !example.fires {
      text +=
        terminal.bold("Example") + "\n" + example.text.split(separator: "\n").map { "  \($0)\n" }.joined() + "\n"
    }
    text += section("Controls", check.controls.map(\.text).joined(separator: ", "))
    if !check.aliases.isEmpty { text += section("In other tools", check.aliases.joined(separator: ", ")) }
    return text + terminal.bold("More") + "\n" + check.references.map { "  \($0.title): \($0.url)\n" }.joined()
  }

  /// The page in `docs/checks`.
  static func markdown(_ check: CheckMetadata) -> String {
    var text = "# \(check.title)\n\n"
    text +=
      "`\(check.id.rawValue)` · \(check.severity.name) · \(check.area.rawValue) · `bartizan \(check.area.command)`\n\n"
    text += "\(check.rationale)\n\n## What to do\n\n\(check.remediation)\n\n"
    for example in check.examples where !example.fires {
      text += "```\(example.language.rawValue)\n\(example.text)\n```\n\n"
    }
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
