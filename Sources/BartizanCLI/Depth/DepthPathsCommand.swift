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
    let solver = graph.solver()
    let groups = try options.positions(in: graph).compactMap { start -> DepthPathsAnswer.Group? in
      guard let field = graph.field(from: start, solver) else { return nil }
      var paths = graph.paths(from: start, to: goal, limit: limit, solver)
      // The first is the one that other commands show.
      if let weakest = graph.weakestPath(field, to: goal) {
        paths = [weakest] + paths.filter { DepthPathsCommand.isOther($0, than: weakest) }.prefix(limit - 1)
      }
      return .init(start: start, answer: graph.answer(field, goal), paths: paths)
    }
    let answer = DepthPathsAnswer(
      to: goal, groups, graph, isExplained: false, notSeen: DepthOperation.notSeen(graph))
    try output.give(answer)
    let isReached = groups.contains { !$0.paths.isEmpty }
    if !isReached { try ExitStatus.finish(answer) }
    throw ExitCode(isReached ? ExitStatus.findings : ExitStatus.clean)
  }

  private static func isOther(_ path: DepthPath, than other: DepthPath) -> Bool {
    path.steps.map(\.to) != other.steps.map(\.to)
  }
}
