import ArgumentParser
import Findings
import Kube
import Operations
import Report

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Findings that appeared and disappeared between two scans or two snapshots.",
    discussion: """
      EXAMPLES
        bartizan diff last-week.json today.json
        bartizan diff main/manifests/ branch/manifests/

      Each side is a report in JSON (`scan -o json`), or manifests to scan. Exit code 1: a finding appeared; 3: a side was not seen whole.
      """)

  @Argument(help: "Before: a report in JSON, a file, a folder or an archive.", completion: .file()) var old: String
  @Argument(help: "After.", completion: .file()) var new: String
  @OptionGroup var output: OutputOptions<FindingsDiffAnswer>

  func run() async throws {
    let before = try await entries(old)
    let after = try await entries(new)
    let answer = FindingsDiffAnswer(
      from: before.entries, to: after.entries, notSeen: Set(before.notSeen + after.notSeen).sorted())
    try output.give(answer)
    try ExitStatus.finish(answer)
    throw ExitCode(answer.hasAppeared ? ExitStatus.findings : ExitStatus.clean)
  }

  private func entries(_ source: String) async throws -> (entries: Set<Baseline.Entry>, notSeen: [NotSeen]) {
    let progress = Progress()
    defer { progress.finish() }
    let (entries, problems, notSeen) = try await FindingsDiffOperation.entries(source, progress: progress.handler)
    progress.finish()
    StandardError.lines(problems)
    return (entries, notSeen)
  }
}
