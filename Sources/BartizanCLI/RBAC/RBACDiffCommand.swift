import Access
import ArgumentParser
import Report

struct RBACDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Who gained or lost which permission between two snapshots.",
    discussion: """
      EXAMPLES
        bartizan rbac diff last-month.yaml today.yaml
        bartizan rbac diff main/manifests/ branch/manifests/ -o json

      Permissions are compared by what they allow, not by how they are written. Exit code 1: somebody gained one.
      """)

  @Argument(help: "The snapshot before: file, folder, archive or -.", completion: .file()) var old: String
  @Argument(help: "The snapshot after.", completion: .file()) var new: String
  @OptionGroup var output: OutputOptions<AccessDiffAnswer>

  func run() async throws {
    let before = try await Input.inventory([old])
    let after = try await Input.inventory([new])
    let answer = AccessDiffAnswer(
      AccessDiff.changes(from: before, to: after), notSeen: AccessDiff.notSeen(from: before, to: after))
    try output.give(answer)
    try ExitStatus.finish(answer)
    throw ExitCode(answer.hasGains ? ExitStatus.findings : ExitStatus.clean)
  }
}
