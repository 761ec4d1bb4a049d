import ArgumentParser
import Depth
import Findings
import Kube
import Operations
import Reach
import Report

struct DepthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "depth",
    abstract: "How many independent controls stand between an attacker and what matters, with proof for each step.",
    discussion: """
      EXAMPLES
        bartizan depth -f examples/cluster
        bartizan depth explain pod:payments/orders-db -f examples/cluster
        bartizan depth cut cluster-admin --from internet -f examples/cluster
        bartizan depth what-if --apply change.yaml --fail-if-shallower --context prod

      Positions and targets are spelt internet, network, cluster-admin, node, node:NAME, pod:NAMESPACE/WORKLOAD, \
      secret:NAMESPACE/NAME, subject:user:NAME, subject:group:NAME, subject:serviceaccount:NAMESPACE/NAME, \
      image:REFERENCE, cloud:PROVIDER:ID. docs/depth.md states the model, its assumptions and what it leaves out.
      """,
    subcommands: [
      DepthTableCommand.self, DepthPathsCommand.self, DepthExplainCommand.self, DepthCutCommand.self,
      DepthWhatIfCommand.self, DepthDiffCommand.self, DepthProbeCommand.self,
    ], defaultSubcommand: DepthTableCommand.self)
}

/// What is asked of the graph.
struct DepthOptions: ParsableArguments {
  @OptionGroup var reach: ReachOptions
  @Option(help: "A position that the attacker starts from; internet and network by default. Repeatable.")
  var from: [String] = []
  @Option(
    help: ArgumentHelp(
      "An image whose application protects nothing, as one with an exploited vulnerability. Repeatable.",
      valueName: "image"))
  var exploitable: [String] = []

  var operation: DepthOperation { DepthOperation(reach: reach.operation, exploitable: exploitable) }

  private var starts: [String] { from.isEmpty ? ["internet", "network"] : from }

  func names() throws(BartizanError) -> [DepthName] {
    var names: [DepthName] = []
    for text in starts { names.append(try DepthOperation.name(text)) }
    return names
  }

  /// - Parameter others: graphs in which a position may be instead.
  func positions(in graph: DepthGraph, orIn others: [DepthGraph] = []) throws(BartizanError) -> [DepthPosition] {
    var positions: [DepthPosition] = []
    for text in starts {
      let name = try DepthOperation.name(text)
      let elsewhere = others.flatMap { $0.positions(of: name) }
      let found =
        elsewhere.isEmpty
        ? try DepthOperation.positions(of: name, called: text, in: graph) : graph.positions(of: name) + elsewhere
      for position in found where !positions.contains(position) { positions.append(position) }
    }
    return positions
  }

  /// The graph of a snapshot; problems of its policies are printed to standard error.
  func graph(of snapshot: ClusterSnapshot, and target: String? = nil) async throws -> DepthGraph {
    var names = try self.names()
    if let target { names.append(try DepthOperation.name(target)) }
    let graph = await operation.concurrentGraph(of: snapshot, names: names)
    StandardError.lines(graph.input.reach.problems)
    try operation.validate([graph])
    return graph
  }

  /// Paths to a target from every position that is asked for.
  ///
  /// - Parameter paths: those from one position, by what was found from there.
  func paths(
    to goal: DepthPosition, in graph: DepthGraph, isExplained: Bool,
    _ paths: (DepthPosition, DepthField, DepthSolver) -> [DepthPath]
  ) throws(BartizanError) -> DepthPathsAnswer {
    let solver = graph.solver()
    let groups = try positions(in: graph).compactMap { start -> DepthPathsAnswer.Group? in
      guard let field = graph.field(from: start, solver) else { return nil }
      return .init(start: start, answer: graph.answer(field, goal), paths: paths(start, field, solver))
    }
    return DepthPathsAnswer(
      to: goal, groups, graph, isExplained: isExplained,
      notSeen: DepthOperation.notSeen(graph, from: groups.map(\.start), groups.map(\.answer)))
  }

  /// The one position that a target stands for.
  func target(_ text: String, in graph: DepthGraph) throws(BartizanError) -> DepthPosition {
    let found = try DepthOperation.positions(of: try DepthOperation.name(text), called: text, in: graph)
    guard found.count == 1 else {
      throw BartizanError(.input, "\(text) may be any of \(found.count) workloads of that name")
    }
    return found[0]
  }
}

/// Things worth protecting.
struct JewelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A YAML list of things worth protecting, each with target, name and value; shown before those that are found.",
      valueName: "file"), completion: .file())
  var crownJewels: String?

  func jewels() throws(BartizanError) -> [DepthOperation.Jewel] {
    guard let crownJewels else { return [] }
    return try DepthOperation.jewels(crownJewels)
  }
}

extension ExitStatus {
  /// Ends a command that looks for paths: one whose steps may not exist is neither found nor absent where not everything was
  /// seen.
  static func finish(_ answer: DepthPathsAnswer) throws(ExitCode) {
    if !answer.isReached, !answer.notSeen.isEmpty { throw ExitCode(unknown) }
    try finish(answer, hasFound: answer.isPossible)
  }
}
