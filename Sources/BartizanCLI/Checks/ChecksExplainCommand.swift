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
      """)

  @Argument(help: "The id of the check.", completion: .list(CheckCatalogue.all.map(\.metadata.id.rawValue)))
  var id: String

  func run() throws {
    let terminal = StandardOutput.terminal()
    guard let check = CheckCatalogue.check(id) else {
      let all = CheckCatalogue.all.map(\.metadata.id.rawValue)
      let near = all.filter { $0.contains(id) || id.contains($0) }
      throw BartizanError(
        .usage,
        "there is no check \"\(id)\"; "
          + (near.isEmpty ? "`bartizan checks list` lists them" : "did you mean \(near.joined(separator: ", "))?"))
    }
    StandardOutput.write(CheckText.text(check.metadata, terminal))
  }
}
