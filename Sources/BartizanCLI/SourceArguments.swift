import ArgumentParser
import Collect
import Findings
import Kube
import Posture

/// What to look at, as every command takes it.
struct SourceArguments: ParsableArguments {
  @Argument(
    help: "Files, folders, charts, kustomizations, tar or tar.gz archives of manifests, or - for standard input.",
    completion: .file())
  var sources: [String] = []

  @Flag(help: "Do not render charts by helm and kustomizations by kubectl; read the files as they are.")
  var noRender = false

  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions

  /// - Parameter namespaces: where to look in a cluster when a list of all of them is forbidden.
  func snapshot(namespaces: [String] = []) async throws -> ClusterSnapshot {
    try await Self.snapshot(sources, cluster, renders: !noRender, namespaces: namespaces)
  }

  /// What reports call the input.
  var names: [String] {
    sources
      + (cluster.inCluster ? ["in-cluster"] : cluster.context.map { [$0] } ?? cluster.kubeconfig.map { [$0] } ?? [])
  }

  /// Reads sources with progress, and says on standard error what could not be read.
  static func snapshot(
    _ sources: [String], _ cluster: ClusterOptions? = nil, renders: Bool = true,
    namespaces: [String] = []
  ) async throws
    -> ClusterSnapshot
  {
    var all: [any SnapshotSource] = sources.map { Sources.source($0, renders: renders) }
    if let endpoint = try cluster?.endpoint() {
      all.append(ClusterOptions.source(endpoint, wanted: Self.wanted, namespaces: namespaces))
    }
    guard !all.isEmpty else {
      throw BartizanError(
        .usage, "nothing to look at: name a file or a folder, - for standard input, or a cluster with --context")
    }
    return try await read(all)
  }

  static func read(_ sources: [any SnapshotSource]) async throws -> ClusterSnapshot {
    let progress = Progress("reading")
    defer { progress.finish() }
    let snapshot = try await Sources.snapshot(sources) { progress.update($0, $1) }
    progress.finish()
    for problem in snapshot.problems { StandardError.line("bartizan: \(problem.text)") }
    if snapshot.objects.isEmpty {
      let reasons =
        snapshot.refused.isEmpty ? "" : ": " + (snapshot.refused.sorted { $0.key < $1.key }.first?.value ?? "")
      throw BartizanError(.input, "no Kubernetes object in \(sources.map(\.name).joined(separator: ", "))\(reasons)")
    }
    return snapshot
  }

  /// Kinds that some check needs.
  static var wanted: Set<GroupKind> { Set(CheckCatalogue.checks.flatMap(\.needs)) }
}
