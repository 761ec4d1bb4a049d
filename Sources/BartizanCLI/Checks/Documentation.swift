import ArgumentParser
import Findings
import PodSecurity
import Posture

/// The pages that are made from what the program knows of itself.
package enum Documentation {
  /// File names below `docs/` and their text.
  package static func pages() -> [(name: String, text: String)] {
    var pages = CheckCatalogue.all.map(\.metadata).map { check in
      ("checks/\(check.id.rawValue).md", CheckText.markdown(check))
    }
    pages.append(("checks/README.md", checkIndex()))
    pages.append(("checks/aliases.md", aliases()))
    pages += commandPages(BartizanCommand.self, path: [])
    return pages.map { (name: $0.0, text: $0.1) }
  }

  private static func checkIndex() -> String {
    var text =
      "# Checks\n\nMade from the catalogue by `bartizan documentation docs`. [Ids of other tools](aliases.md).\n"
    for area in CheckMetadata.Area.allCases {
      text += "\n## \(area.rawValue)\n\n| check | severity | what |\n|---|---|---|\n"
      for check in CheckCatalogue.all.map(\.metadata) where check.area == area {
        text += "| [\(check.id.rawValue)](\(check.id.rawValue).md) | \(check.severity.name) | \(check.title) |\n"
      }
    }
    return text
  }

  private static func aliases() -> String {
    var table: [String: [String]] = [:]
    for check in CheckCatalogue.all.map(\.metadata) {
      for alias in check.aliases { table[alias, default: []].append(check.id.rawValue) }
    }
    var text = """
      # Ids of other tools

      Which check answers what another tool asks. A finding is reported once here, so several ids may lead to one check, and
      one id to several where it asks for more than one thing. Made from the catalogue by `bartizan documentation docs`.

      Left out on purpose, since they say nothing of security: required labels and annotations, sorted keys, names of
      environments, priority classes that are not set, rolling-update settings, and checks of a cluster's own processes and files, which
      are no objects of the API.

      | tool | id | check |
      |---|---|---|

      """
    for (alias, checks) in table.sorted(by: { $0.key < $1.key }) {
      let parts = alias.split(separator: ":", maxSplits: 1)
      text +=
        "| \(parts[0]) | \(parts.last ?? "") | \(checks.sorted().map { "[\($0)](\($0).md)" }.joined(separator: ", ")) |\n"
    }
    return text
  }

  private static func commandPages(_ command: any ParsableCommand.Type, path: [String]) -> [(String, String)] {
    let configuration = command.configuration
    guard configuration.shouldDisplay else { return [] }
    let names = path + [configuration.commandName ?? "bartizan"]
    let help = BartizanCommand.helpMessage(for: command, columns: 100)
    let page = (
      "commands/\(names.joined(separator: "-")).md", "# \(names.joined(separator: " "))\n\n```\n\(help)\n```\n"
    )
    return [page] + configuration.subcommands.flatMap { commandPages($0, path: names) }
  }
}
