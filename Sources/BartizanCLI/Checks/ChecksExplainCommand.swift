import ArgumentParser
import Findings
import PodSecurity
import Posture

struct ChecksExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain what a check looks for, why it matters, and how to fix it.",
    discussion: """
      EXAMPLES
        bartizan checks explain pss-privileged
        bartizan checks explain CKV_K8S_23
      """)

  @Argument(
    help: "The id of the check, or of one that asks the same in another tool.",
    completion: .list(CheckCatalogue.all.map(\.metadata.id.rawValue)))
  var id: String

  func run() throws {
    let terminal = StandardOutput.terminal()
    let checks = CheckCatalogue.checks(known: id)
    guard !checks.isEmpty else {
      let all = CheckCatalogue.all.map(\.metadata.id.rawValue)
      let near = all.filter { $0.contains(id) || id.contains($0) }
      throw BartizanError(
        .usage,
        "there is no check \"\(id)\"; "
          + (near.isEmpty ? "`bartizan checks list` lists them" : "did you mean \(near.joined(separator: ", "))?"))
    }
    StandardOutput.write(checks.map { CheckText.text($0.metadata, terminal) }.joined(separator: "\n"))
  }
}
