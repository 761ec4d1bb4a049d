package import Bytes
package import Detect
import Findings

/// All rules that are loaded (`rules list`).
package struct RuleListAnswer: KindOfAnswer {
  package static let kind = "RuleList"

  private let set: RuleSet
  private let infos: [RuleInfo]
  private let checkCommand: String

  /// - Parameter checkCommand: the command that says why rules are refused.
  package init(_ set: RuleSet, checkCommand: String = "bartizan rules check") {
    self.set = set
    self.checkCommand = checkCommand
    infos = set.infos.sorted { ($0.id, $0.title) < ($1.id, $1.title) }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("rules")
    writer.array(of: infos) { writer, info in
      writer.object { Self.fields(info, &$0) }
      writer.drain(to: sink)
    }
    writer.field("refused", set.errors.count)
    writer.field("needFalco", set.falco.foreign.count)
  }

  static func fields(_ info: RuleInfo, _ writer: inout JSONWriter) {
    writer.field("id", info.id)
    writer.field("title", info.title)
    writer.field("language", info.language.rawValue)
    writer.field("severity", info.severity.name)
    writer.field("source", info.logSource.text)
    writer.field("tactics", info.tactics)
    writer.field("techniques", info.techniques)
    writer.field("file", info.location.file)
    writer.field("line", info.location.line)
    writer.field("version", info.version)
    writer.field("description", info.description)
  }

  package func text(_ terminal: Terminal) -> String {
    var text = TextTable(
      columns: ["rule", "severity", "title", "techniques", "source"],
      rows: infos.map { info in
        [
          info.id, info.severity.name, info.title, info.techniques.prefix(3).joined(separator: " "),
          info.logSource.text,
        ]
      }
    ).text(terminal)
    text += "\n\(Phrase.count(infos.count, "rule")). `bartizan rules explain ID` describes one.\n"
    if !set.errors.isEmpty {
      text += "\(Phrase.count(set.errors.count, "rule")) refused; `\(checkCommand)` says why.\n"
    }
    if !set.falco.foreign.isEmpty {
      text +=
        "\(Phrase.count(set.falco.foreign.count, "rule")) about system calls: they need Falco itself, whose alerts are read as events.\n"
    }
    return text
  }
}
