import ArgumentParser
import Depth
import Operations
import Report

struct DepthPathsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths", abstract: "Ways to a target, the weakest first, and what has to fail on each.",
    discussion: """
      EXAMPLES
        bartizan depth paths secret:payments/orders-db -f examples/cluster
        bartizan depth paths cluster-admin --from pod:frontend/shop-front --format dot -f examples/cluster

      The weakest path is exact; each further one does without the last step of those before. Exit code 1: there is a path; 3: none \
      was found, and not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "What the attacker is after.") var target: String
  @OptionGroup var options: DepthOptions
  @Option(help: "How many paths from each position.") var limit = 5
  @OptionGroup var output: OutputOptions<DepthPathsAnswer>

  func validate() throws {
    guard (1...100).contains(limit) else { throw ValidationError("--limit is between 1 and 100") }
  }

  func run() async throws {
    let graph = try options.graph(of: try await input.snapshot(cluster), and: target)
    let goal = try options.target(target, in: graph)
    let answer = try options.paths(to: goal, in: graph, isExplained: false) { start, field, solver in
      let paths = graph.paths(from: start, to: goal, limit: limit, solver)
      // The first is the one that other commands show.
      guard let weakest = graph.weakestPath(field, to: goal) else { return paths }
      return [weakest] + paths.filter { Self.isOther($0, than: weakest) }.prefix(limit - 1)
    }
    try output.give(answer)
    try ExitStatus.finish(answer, hasFound: answer.isReached)
  }

  private static func isOther(_ path: DepthPath, than other: DepthPath) -> Bool {
    path.steps.map(\.to) != other.steps.map(\.to)
  }
}
