import ArgumentParser
import Depth
import Operations
import Report

struct DepthExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "The weakest path to a target, with the proof of each step and how to repeat it.",
    discussion: """
      EXAMPLES
        bartizan depth explain cluster-admin -f examples/cluster
        bartizan depth explain pod:payments/orders-db --from pod:frontend/shop-front \\
          -f examples/cluster

      Each step is asked again of the engine that it rests on; below it stands what to type to see the same. Exit code 1: there is a \
      path; 3: none is certain, and not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "What the attacker is after.") var target: String
  @OptionGroup var options: DepthOptions
  @OptionGroup var output: OutputOptions<DepthPathsAnswer>

  func run() async throws {
    let graph = try await options.graph(of: try await input.snapshot(cluster), and: target)
    let goal = try options.target(target, in: graph)
    let answer = try options.paths(to: goal, in: graph, isExplained: true) { _, field, _ in
      [graph.weakestPath(field, to: goal)].compactMap { $0 }
    }
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
