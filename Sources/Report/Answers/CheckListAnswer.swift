package import Bytes
import Findings
import PodSecurity
import Posture

/// The catalogue of checks, by area (`checks list`).
package struct CheckListAnswer: KindOfAnswer {
  package static let kind = "CheckList"

  private let checks = CheckCatalogue.all.map(\.metadata)

  package init() {}

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("checks")
    writer.array(of: checks) { writer, check in
      writer.object { writer in
        writer.field("id", check.id.rawValue)
        writer.field("title", check.title)
        writer.field("area", check.area.rawValue)
        writer.field("command", check.area.command)
        writer.field("severity", check.severity.name)
        writer.field("rationale", check.rationale)
        writer.field("remediation", check.remediation)
        writer.field("controls", check.controls.map(\.text))
        writer.field("aliases", check.aliases)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let width = checks.map(\.id.rawValue.count).max() ?? 0
    var text = ""
    for area in CheckMetadata.Area.allCases {
      text += "\(area.rawValue) (bartizan \(area.command))\n"
      for check in checks where check.area == area {
        text +=
          "  \(Terminal.padded(check.id.rawValue, width))  \(Terminal.padded(check.severity.name, 8))  \(check.title)\n"
      }
    }
    return text
      + "\n\(Phrase.count(checks.count, "check")). `bartizan checks explain ID` describes one.\n"
  }
}
