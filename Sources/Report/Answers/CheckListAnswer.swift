package import Bytes
import Findings
import PodSecurity
import Posture

/// The catalogue of checks, by area (`checks list`).
package struct CheckListAnswer: KindOfAnswer {
  package static let kind = "CheckList"

  package init() {}

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("checks")
    writer.array(of: CheckCatalogue.checks.map(\.metadata)) { writer, check in
      writer.object { writer in
        writer.field("id", check.id.rawValue)
        writer.field("title", check.title)
        writer.field("area", check.area.rawValue)
        writer.field("severity", check.severity.name)
        writer.field("rationale", check.rationale)
        writer.field("remediation", check.remediation)
        writer.field("controls", check.controls.map(\.text))
        writer.field("aliases", check.aliases)
      }
    }
    writer.key("points")
    writer.array(of: ReviewPoint.byCommand.flatMap { item in item.points.map { (item.command, $0) } }) {
      writer, item in
      let (command, point) = item
      writer.object { writer in
        writer.field("id", point.id)
        writer.field("title", point.title)
        writer.field("command", command)
        writer.field("severity", point.severity.name)
        writer.field("rationale", point.rationale)
        writer.field("remediation", point.remediation)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let checks = CheckCatalogue.checks.map(\.metadata)
    let points = ReviewPoint.byCommand
    let width = (checks.map(\.id.rawValue.count) + points.flatMap { $0.points.map(\.id.count) }).max() ?? 0
    func line(_ id: String, _ severity: Severity, _ title: String) -> String {
      "  \(Terminal.padded(id, width))  \(Terminal.padded(severity.name, 8))  \(title)\n"
    }
    var text = ""
    for area in CheckMetadata.Area.allCases {
      text += "\(area.rawValue)\n"
      for check in checks where check.area == area { text += line(check.id.rawValue, check.severity, check.title) }
    }
    for (command, own) in points {
      text += "\(command)\n"
      for point in own { text += line(point.id, point.severity, point.title) }
    }
    let reviewed = points.reduce(0) { $0 + $1.points.count }
    return text
      + "\n\(Phrase.count(checks.count, "check")) of `bartizan scan`, \(reviewed) of reviews. `bartizan checks explain ID` describes one.\n"
  }
}
