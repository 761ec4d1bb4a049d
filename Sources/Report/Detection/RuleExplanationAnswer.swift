package import Bytes
package import Detect
import Findings

/// What a rule looks for and why (`rules explain`).
package struct RuleExplanationAnswer: KindOfAnswer {
  package static let kind = "RuleExplanation"

  private let info: RuleInfo

  package init(_ info: RuleInfo) { self.info = info }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    RuleListAnswer.fields(info, &writer)
    writer.field("status", info.status)
    writer.field("author", info.author)
    writer.field("falsePositives", info.falsePositives)
    writer.field("references", info.references)
    writer.key("exceptions")
    writer.array(of: info.exceptions) { writer, exception in
      writer.object { writer in
        writer.field("reason", exception.reason)
        writer.field("expires", exception.expires)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = terminal.bold(info.id) + "\n" + info.title + "\n"
    if !info.description.isEmpty { text += "\n" + terminal.wrapped(info.description, indent: 0) + "\n" }
    text +=
      "\nseverity    \(info.severity.name)\nlog source  \(info.logSource.text)\nlanguage    \(info.language.rawValue)\n"
    if !info.tactics.isEmpty { text += "tactics     \(info.tactics.joined(separator: ", "))\n" }
    if !info.techniques.isEmpty { text += "techniques  \(info.techniques.joined(separator: ", "))\n" }
    if !info.version.isEmpty { text += "version     \(info.version)\n" }
    text += "file        \(info.location.text)\n"
    if !info.falsePositives.isEmpty {
      text += "\nAlso matches\n" + info.falsePositives.map { "  " + $0 + "\n" }.joined()
    }
    if !info.exceptions.isEmpty {
      text += "\nExceptions\n"
      for exception in info.exceptions {
        text += "  \(exception.reason)\(exception.expires.map { " (until \($0))" } ?? "")\n"
      }
    }
    if !info.references.isEmpty { text += "\nReferences\n" + info.references.map { "  " + $0 + "\n" }.joined() }
    return text
  }
}
