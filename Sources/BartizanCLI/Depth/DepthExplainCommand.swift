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
        bartizan depth explain pod:payments/orders-db --from pod:frontend/shop-front -f examples/cluster

      Each step is asked again of the engine that it rests on; below it stands what to type to see the same. Exit code 1: there is a \
      path; 3: none was found, and not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "What the attacker is after.") var target: String
  @OptionGroup var options: DepthOptions
  @OptionGroup var output: OutputOptions<DepthPathsAnswer>

  func run() async throws {
    let graph = try options.graph(of: try await input.snapshot(cluster), and: target)
    let goal = try options.target(target, in: graph)
    let solver = graph.solver()
    let groups = try options.positions(in: graph).compactMap { start -> DepthPathsAnswer.Group? in
      guard let field = graph.field(from: start, solver) else { return nil }
      return .init(
        start: start, answer: graph.answer(field, goal),
        paths: [graph.weakestPath(field, to: goal)].compactMap { $0 })
    }
    let answer = DepthPathsAnswer(
      to: goal, groups, graph, isExplained: true, notSeen: DepthOperation.notSeen(graph))
    try output.give(answer)
    let isReached = groups.contains { !$0.paths.isEmpty }
    if !isReached { try ExitStatus.finish(answer) }
    throw ExitCode(isReached ? ExitStatus.findings : ExitStatus.clean)
  }
}
