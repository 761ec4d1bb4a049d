import ArgumentParser
import Collect
import Findings
import Kube

/// What to look at, as every command takes it.
struct SourceArguments: ParsableArguments {
  @Argument(
    help: "Files, folders, tar or tar.gz archives of manifests, or - for standard input.",
    completion: .file())
  var sources: [String] = []

  func snapshot() async throws -> ClusterSnapshot {
    guard !sources.isEmpty else {
      throw BartizanError(.usage, "nothing to look at: name a file or a folder, or - for standard input")
    }
    return try await Self.snapshot(sources)
  }

  /// Reads sources with progress, and says on standard error what could not be read.
  static func snapshot(_ sources: [String]) async throws -> ClusterSnapshot {
    let progress = Progress("reading")
    defer { progress.finish() }
    let snapshot = try await Sources.snapshot(sources.map(Sources.source)) { progress.update($0, $1) }
    progress.finish()
    for problem in snapshot.problems { StandardError.line("bartizan: \(problem.text)") }
    if snapshot.objects.isEmpty {
      throw BartizanError(.input, "no Kubernetes object in \(sources.joined(separator: ", "))")
    }
    return snapshot
  }
}
