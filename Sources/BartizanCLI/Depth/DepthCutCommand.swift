import ArgumentParser
import Depth
import Operations
import Report

struct DepthCutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut", abstract: "The cheapest changes after which a target lies deeper, tried on the cluster.",
    discussion: """
      EXAMPLES
        bartizan depth cut pod:payments/orders-db --from internet -f examples/cluster

      Changes are rights taken away, tokens withheld, pods confined or isolated, entry points closed. What they cost stands in \
      docs/depth.md. Nothing is changed: they are applied to what was read, which is evaluated again. Exit code 1: there is a path; \
      3: none was found, and not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "What the attacker is after.") var target: String
  @OptionGroup var options: DepthOptions
  @OptionGroup var output: OutputOptions<DepthCutAnswer>

  func run() async throws {
    let names = try options.names() + [try DepthOperation.name(target)]
    let graph = try options.graph(of: try await input.snapshot(cluster), and: target)
    let goal = try options.target(target, in: graph)
    let operation = options.operation
    let cuts = try options.positions(in: graph).map { start in
      DepthCutAnswer.Cut(
        start: start,
        cut: DepthCut.cheapest(graph, from: start, to: goal) { operation.graph(of: $0, names: names) })
    }
    let answer = DepthCutAnswer(of: goal, cuts, notSeen: DepthOperation.notSeen(graph))
    try output.give(answer)
    let isReached = cuts.contains { $0.cut != nil }
    try ExitStatus.finish(answer, hasFound: isReached)
  }
}
