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

      Each side is a report in JSON (`scan -o json`), or manifests to scan. A finding of one side that the other may have as \
      well, in what was not seen of it, is unknown. Exit code 1: a finding appeared; 3: a side was not seen whole.
      """)

  @Argument(help: "Before: a report in JSON, a file, a folder or an archive.", completion: .file()) var old: String
  @Argument(help: "After.", completion: .file()) var new: String
  @OptionGroup var output: OutputOptions<FindingsDiffAnswer>

  @Option(help: "A file of exceptions for sides that are scanned. Repeatable.", completion: .file())
  var exceptions: [String] = []

  func run() async throws {
    let operation = FindingsDiffOperation(
      suppressions: try Suppressions(exceptions: exceptions), today: Today.text)
    let before = try await side(old, operation)
    let answer = try FindingsDiffOperation.answer(from: before, to: try await side(new, operation))
    try output.give(answer)
    try ExitStatus.finish(answer)
    throw ExitCode(answer.hasAppeared ? ExitStatus.findings : ExitStatus.clean)
  }

  private func side(
    _ source: String, _ operation: FindingsDiffOperation
  ) async throws -> FindingsDiffOperation.Side {
    let progress = Progress()
    defer { progress.finish() }
    let side = try await operation.side(source, progress: progress.handler)
    progress.finish()
    StandardError.lines(side.problems)
    return side
  }
}
