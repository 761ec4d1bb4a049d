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
    let answer = ConnectivityDiffAnswer(try await changes())
    try output.give(answer)
    throw ExitCode(answer.hasGains ? ExitStatus.findings : ExitStatus.clean)
  }

  private func changes() async throws -> [ConnectivityDiff.Change] {
    let operation = options.operation
    let before = try await Input.snapshot([old])
    if let new {
      let after = try await Input.snapshot([new])
      return operation.changes(
        from: operation.tellingModel(of: before), to: operation.tellingModel(of: after))
    }
    let applied = try await Input.snapshot(apply)
    let (changes, problems) = operation.changes(
      from: operation.tellingModel(of: before), applying: applied, to: before)
    StandardError.lines(problems)
    return changes
  }
}
