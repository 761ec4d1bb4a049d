import ArgumentParser
import Operations
import Reach
import Report

struct NetworkDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Connections gained and lost between two snapshots.",
    discussion: """
      EXAMPLES
        bartizan network diff main/manifests/ branch/manifests/
        bartizan network diff cluster.snapshot --apply policy.yaml

      Exit code 1: a connection was gained.
      """)

  @Argument(help: "The snapshot before: file, folder, archive or -.", completion: .file()) var old: String
  @Argument(help: "The snapshot after.", completion: .file()) var new: String?
  @Option(help: "Manifests applied to the snapshot before, in place of one after. Repeatable.", completion: .file())
  var apply: [String] = []
  @OptionGroup var options: ReachOptions
  @OptionGroup var output: OutputOptions<ConnectivityDiffAnswer>

  func validate() throws {
    guard (new == nil) != apply.isEmpty else {
      throw ValidationError(
        new == nil
          ? "network diff needs a second snapshot, or --apply FILE"
          : "network diff takes a second snapshot or --apply, not both")
    }
  }

  func run() async throws {
    let answer = try await self.answer()
    try output.give(answer)
    try ExitStatus.finish(answer, hasFound: answer.hasGains)
  }

  private func answer() async throws -> ConnectivityDiffAnswer {
    let operation = options.operation
    let before = try await Input.snapshot([old])
    if let new {
      let after = try await Input.snapshot([new])
      let (old, new) = (operation.tellingModel(of: before), operation.tellingModel(of: after))
      return ConnectivityDiffAnswer(
        operation.changes(from: old, to: new), notSeen: Set(old.notSeenOfAll + new.notSeenOfAll).sorted())
    }
    let applied = try await Input.snapshot(apply)
    let old = operation.tellingModel(of: before)
    let (changes, problems) = operation.changes(from: old, applying: applied, to: before)
    StandardError.lines(problems)
    return ConnectivityDiffAnswer(changes, notSeen: Set(old.notSeenOfAll + ReachModel.notSeen(in: applied)).sorted())
  }
}
