import ArgumentParser
import Depth
import Kube
import Operations
import Report

struct DepthWhatIfCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if", abstract: "What a change does to every depth: a gate for pull requests.",
    discussion: """
      EXAMPLES
        bartizan depth what-if --apply change.yaml -f examples/cluster
        bartizan depth what-if --apply manifests/ --fail-if-shallower --context prod

      Objects of the same kind, namespace and name are replaced, others added. Exit code 1: with --fail-if-shallower, something lies \
      less deep than before; 3: not everything was seen.
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
    let applied = try await Input.snapshot(apply)
    let answer = try Self.compare(before, before.applying(applied), changed: applied.objects, options, wanted)
    try output.give(answer)
    if failIfShallower, answer.isShallower { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
  }

  /// How depths change between two snapshots; positions and targets are those of either.
  ///
  /// - Parameter changed: objects by which they differ; nil where that is not known.
  static func compare(
    _ before: ClusterSnapshot, _ after: ClusterSnapshot, changed: [KubeObject]? = nil, _ options: DepthOptions,
    _ jewels: [DepthOperation.Jewel]
  ) throws -> DepthChangesAnswer {
    let old = try options.graph(of: before, isWhole: false)
    let new =
      if let changed { try options.graph(of: after, like: old, changed: changed) } else {
        try options.graph(of: after, isWhole: false)
      }
    try options.operation.validate([old, new])
    let starts = try options.positions(in: old, orIn: [new])
    let oldReview = DepthReview(old, from: starts, to: try DepthOperation.targets(old, jewels, orIn: [new]))
    let newReview = DepthReview(new, from: starts, to: try DepthOperation.targets(new, jewels, orIn: [old]))
    return DepthChangesAnswer(
      DepthChanges(oldReview, newReview),
      notSeen: Set(DepthOperation.notSeen(old) + DepthOperation.notSeen(new)).sorted())
  }
}
