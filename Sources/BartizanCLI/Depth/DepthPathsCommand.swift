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
        bartizan depth paths cluster-admin --from pod:frontend/shop-front \\
          --format dot -f examples/cluster
        bartizan depth paths node --technique mount-node-disk --from internet \\
          -f examples/cluster

      The weakest path is exact; each further one does without the last step of those before. Exit code 1: there is a path; 3: none \
      is certain, and not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "What the attacker is after.") var target: String
  @OptionGroup var options: DepthOptions
  @Option(help: "How many paths from each position.") var limit = 5
  @Option(
    help: ArgumentHelp(
      "Only the weakest path that takes a step of this technique, by the ID of `--format json`.", valueName: "id"))
  var technique: String?
  @OptionGroup var output: OutputOptions<DepthPathsAnswer>

  func validate() throws {
    guard (1...100).contains(limit) else { throw ValidationError("--limit is between 1 and 100") }
    if let technique, Technique.named(technique) == nil {
      throw ValidationError(
        "there is no technique \"\(technique)\"; there are \(Technique.all.filter { !$0.isMembership }.map(\.id).sorted().joined(separator: ", "))"
      )
    }
  }

  func run() async throws {
    let graph = try await options.graph(of: try await input.snapshot(cluster), and: target)
    let goal = try options.target(target, in: graph)
    if let wanted = technique.flatMap(Technique.named) {
      let groups = try options.positions(in: graph).map { start in
        let found = graph.path(from: start, to: goal, by: wanted)
        return DepthPathsAnswer.Group(start: start, answer: found.answer, paths: [found.path].compactMap { $0 })
      }
      let answer = DepthPathsAnswer(
        to: goal, groups, graph, isExplained: false,
        notSeen: DepthOperation.notSeen(graph, from: groups.map(\.start), groups.map(\.answer)))
      try output.give(answer)
      try ExitStatus.finish(answer)
      return
    }
    let answer = try options.paths(to: goal, in: graph, isExplained: false) { start, field, solver in
      let paths = graph.paths(from: start, to: goal, limit: limit, solver)
      // The first is the one that other commands show.
      guard let weakest = graph.weakestPath(field, to: goal) else { return paths }
      return [weakest] + paths.filter { Self.isOther($0, than: weakest) }.prefix(limit - 1)
    }
    try output.give(answer)
    try ExitStatus.finish(answer)
  }

  private static func isOther(_ path: DepthPath, than other: DepthPath) -> Bool {
    path.steps.map(\.to) != other.steps.map(\.to)
  }
}
