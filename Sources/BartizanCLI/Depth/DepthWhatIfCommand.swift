import ArgumentParser
import Depth
import Kube
import Operations
import Reach
import Report

struct DepthWhatIfCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if", abstract: "What a change does to every depth: a gate for pull requests.",
    discussion: """
      EXAMPLES
        bartizan depth what-if --apply change.yaml -f examples/cluster
        bartizan depth what-if --apply manifests/ --fail-if-shallower --context prod

      Objects of the same kind, namespace and name are replaced, others added. Exit code 1: with --fail-if-shallower, something lies \
      less deep than before; 3: not everything was seen, or \
      something is applied whose effect is up to a controller (a HelmRelease, an Application, a custom resource) and was not judged.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(help: "Manifests that are applied. Repeatable.", completion: .file()) var apply: [String] = []
  @Flag(help: "Fail if anything lies less deep than before.") var failIfShallower = false
  @OptionGroup var options: DepthOptions
  @OptionGroup var jewels: JewelOptions
  @OptionGroup var output: OutputOptions<DepthChangesAnswer>

  func validate() throws {
    guard !apply.isEmpty else { throw ValidationError("depth what-if needs --apply FILE") }
  }

  func run() async throws {
    let wanted = try jewels.jewels()
    let before = try await input.snapshot(cluster)
    let applied = input.place.applied(to: try await Input.snapshot(apply))
    let graphs = await options.operation.graphs(before: before, applying: applied, names: try options.names())
    let answer = try await Self.compare(
      graphs.before, graphs.after, options, wanted,
      notJudged: DepthOperation.notJudged(from: before, to: applied, isWhole: false))
    try output.give(answer)
    if failIfShallower, answer.isShallower { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
  }

  /// How depths change from one graph to another; positions and targets are those of either.
  ///
  /// - Parameter notJudged: what of the change is not in the graphs.
  static func compare(
    _ old: DepthGraph, _ new: DepthGraph, _ options: DepthOptions, _ jewels: [DepthOperation.Jewel],
    notJudged: [NotSeen]
  ) async throws -> DepthChangesAnswer {
    for graph in [old, new] { StandardError.lines(graph.input.reach.problems) }
    try options.operation.validate([old, new])
    let starts = try options.positions(in: old, orIn: [new])
    let oldTargets = try DepthOperation.targets(old, jewels, orIn: [new])
    let newTargets = try DepthOperation.targets(new, jewels, orIn: [old])
    async let before = DepthReview(old, from: starts, to: oldTargets)
    let after = DepthReview(new, from: starts, to: newTargets)
    // Of a kind that is named as not judged, that what it installs is not in the input goes without saying.
    let kinds = Set(notJudged.map(\.kind))
    let unseen = (DepthOperation.notSeen(old) + DepthOperation.notSeen(new)).filter { !kinds.contains($0.kind) }
    return DepthChangesAnswer(DepthChanges(await before, after), notSeen: Set(unseen + notJudged).sorted())
  }
}
