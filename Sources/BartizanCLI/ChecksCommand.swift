import ArgumentParser
import Bytes
import Findings
import Kube
import PodSecurity
import Posture
import Report

struct ChecksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks", abstract: "The catalogue of checks.",
    subcommands: [ChecksListCommand.self, ChecksExplainCommand.self])
}

struct ChecksListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All checks, by area.",
    discussion: """
      EXAMPLES
        bartizan checks list
        bartizan checks list --format json
      """)

  @Option(name: .shortAndLong, help: "table or json.") var format: AnswerFormat = .table

  func run() throws {
    let checks = CheckCatalogue.checks.map(\.metadata)
    switch format {
    case .json:
      StandardOutput.answer("CheckList") { writer in
        writer.key("checks")
        writer.array(of: checks) { writer, check in
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
          writer.object { writer in
            writer.field("id", item.1.id)
            writer.field("title", item.1.title)
            writer.field("command", item.0)
            writer.field("severity", item.1.severity.name)
            writer.field("rationale", item.1.rationale)
            writer.field("remediation", item.1.remediation)
          }
        }
      }
    case .table:
      let points = ReviewPoint.byCommand
      let width = (checks.map(\.id.rawValue.count) + points.flatMap { $0.points.map(\.id.count) }).max() ?? 0
      var text = ""
      for area in CheckMetadata.Area.allCases {
        text += "\(area.rawValue)\n"
        for check in checks where check.area == area {
          text +=
            "  \(Terminal.padded(check.id.rawValue, width))  \(Terminal.padded(check.severity.name, 8))  \(check.title)\n"
        }
      }
      for (command, own) in points {
        text += "\(command)\n"
        for point in own {
          text +=
            "  \(Terminal.padded(point.id, width))  \(Terminal.padded(point.severity.name, 8))  \(point.title)\n"
        }
      }
      StandardOutput.write(
        text
          + "\n\(checks.count) checks of `bartizan scan`, and \(points.reduce(0) { $0 + $1.points.count }) points of reviews. `bartizan checks explain ID` tells all of one.\n"
      )
    }
  }
}

struct ChecksExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a check looks for, why, and what to do.",
    discussion: """
      EXAMPLES
        bartizan checks explain pss-privileged
      """)

  @Argument(help: "The check's id.", completion: .list(CheckCatalogue.checks.map(\.metadata.id.rawValue)))
  var id: String

  func run() throws {
    if let (command, point) = ReviewPoint.point(id) {
      StandardOutput.write(CheckText.terminal(point, command: command, width: StandardOutput.width))
      return
    }
    guard let check = CheckCatalogue.check(id) else {
      let all =
        CheckCatalogue.checks.map(\.metadata.id.rawValue) + ReviewPoint.byCommand.flatMap { $0.points.map(\.id) }
      let near = all.filter { $0.contains(id) || id.contains($0) }
      throw BartizanError(
        .usage,
        "there is no check \"\(id)\"; "
          + (near.isEmpty ? "`bartizan checks list` names them" : "is it \(near.joined(separator: ", "))?"))
    }
    StandardOutput.write(CheckText.terminal(check.metadata, width: StandardOutput.width))
  }
}

enum CheckText {
  static func terminal(_ check: CheckMetadata, width: Int) -> String {
    let terminal = Terminal(width: min(width, 100), colour: false)
    var text = "\(check.title)\n\(check.id.rawValue), \(check.severity.name), \(check.area.rawValue)\n\n"
    text += "Why\n" + terminal.wrapped(check.rationale, indent: 2) + "\n\n"
    text += "What to do\n" + terminal.wrapped(check.remediation, indent: 2) + "\n\n"
    text += "Right\n" + check.example.split(separator: "\n").map { "  " + $0 + "\n" }.joined() + "\n"
    text += "Controls\n" + terminal.wrapped(check.controls.map(\.text).joined(separator: ", "), indent: 2) + "\n\n"
    if !check.aliases.isEmpty {
      text += "Elsewhere\n" + terminal.wrapped(check.aliases.joined(separator: ", "), indent: 2) + "\n\n"
    }
    text += "More\n" + check.references.map { "  \($0.title): \($0.url)\n" }.joined()
    return text
  }

  static func terminal(_ point: ReviewPoint, command: String, width: Int) -> String {
    let terminal = Terminal(width: min(width, 100), colour: false)
    var text = "\(point.title)\n\(point.id), \(point.severity.name), bartizan \(command)\n\n"
    text += "Why\n" + terminal.wrapped(point.rationale, indent: 2) + "\n\n"
    text += "What to do\n" + terminal.wrapped(point.remediation, indent: 2) + "\n\n"
    return text + "More\n" + point.references.map { "  \($0.title): \($0.url)\n" }.joined()
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
    text += "\n## More\n\n" + check.references.map { "- [\($0.title)](\($0.url))\n" }.joined()
    return text
  }
}
