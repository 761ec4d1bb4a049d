import ArgumentParser
import Depth
import Operations
import Report

struct DepthTableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Things worth protecting, how deep they lie, and the weakest path to each.",
    discussion: """
      EXAMPLES
        bartizan depth -f examples/cluster
        bartizan depth --crown-jewels jewels.yaml --from internet \\
          --from image:registry.example/app:1 -f manifests/

      Found by themselves are cluster admin, the nodes, workloads that keep data with their Secrets, and identities \
      of clouds. Exit code 1: something lies less deep than --fail-below; 3: not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: DepthOptions
  @OptionGroup var jewels: JewelOptions
  @Option(help: "Fail if a thing lies less deep than this, from any of the positions.") var failBelow: Int?
  @OptionGroup var output: OutputOptions<DepthAnswer>

  func run() async throws {
    let wanted = try jewels.jewels()
    let graph = try await options.graph(of: try await input.snapshot(cluster))
    let review = DepthReview(
      graph, from: try options.positions(in: graph), to: try DepthOperation.targets(graph, wanted))
    let answer = DepthAnswer(
      review, graph,
      notSeen: DepthOperation.notSeen(graph, from: review.starts, review.rows.lazy.flatMap(\.answers)))
    try output.give(answer)
    if let failBelow,
      review.rows.contains(where: { $0.answers.contains { $0.depth.map { $0.lower < failBelow } ?? false } })
    {
      throw ExitCode(ExitStatus.findings)
    }
    try ExitStatus.finish(answer)
  }
}
