import ArgumentParser
import Findings
import Operations
import Report

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Findings that appeared and disappeared between two scans or two snapshots.",
    discussion: """
      EXAMPLES
        bartizan diff last-week.json today.json
        bartizan diff main/manifests/ branch/manifests/

      Each side is a report in JSON (`scan -o json`), or manifests to scan. Exit code 1: a finding appeared.
      """)

  @Argument(help: "Before: a report in JSON, a file, a folder or an archive.", completion: .file()) var old: String
  @Argument(help: "After.", completion: .file()) var new: String
  @OptionGroup var output: OutputOptions<FindingsDiffAnswer>

  func run() async throws {
    let answer = FindingsDiffAnswer(from: try await entries(old), to: try await entries(new))
    try output.give(answer)
    throw ExitCode(answer.hasAppeared ? ExitStatus.findings : ExitStatus.clean)
  }

  private func entries(_ source: String) async throws -> Set<Baseline.Entry> {
    let progress = Progress()
    defer { progress.finish() }
    let (entries, problems) = try await FindingsDiffOperation.entries(source, progress: progress.handler)
    progress.finish()
    StandardError.lines(problems)
    return entries
  }
}
