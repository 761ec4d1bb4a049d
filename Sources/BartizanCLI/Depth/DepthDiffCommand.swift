import ArgumentParser
import Operations
import Report

struct DepthDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What became deeper or shallower between two snapshots.",
    discussion: """
      EXAMPLES
        bartizan depth diff main/manifests/ branch/manifests/

      Exit code 1: something lies less deep than before; 3: nothing does, and not everything was seen.
      """)

  @Argument(help: "The snapshot before: file, folder, archive or -.", completion: .file()) var old: String
  @Argument(help: "The snapshot after.", completion: .file()) var new: String
  @OptionGroup var options: DepthOptions
  @OptionGroup var jewels: JewelOptions
  @OptionGroup var output: OutputOptions<DepthChangesAnswer>

  func run() async throws {
    let wanted = try jewels.jewels()
    let before = try await Input.snapshot([old])
    let after = try await Input.snapshot([new])
    let graphs = await options.operation.graphs(before, after, names: try options.names())
    let answer = try await DepthWhatIfCommand.compare(
      graphs.before, graphs.after, options, wanted,
      notJudged: DepthOperation.notJudged(from: before, to: after, isWhole: true))
    try output.give(answer)
    if answer.isShallower { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
  }
}
