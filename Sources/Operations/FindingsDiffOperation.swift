import Collect
package import Findings
package import Kube
import Posture

/// The findings of two inputs, for a comparison.
package enum FindingsDiffOperation {
  /// The findings of a JSON report; for any other input, those of a scan of it.
  ///
  /// - Parameter source: a report, or manifests.
  /// - Returns: with the problems of a scan, and what it could not see.
  package static func entries(
    _ source: String, progress: @escaping ProgressHandler
  ) async throws -> (entries: Set<Baseline.Entry>, problems: [Problem], notSeen: [NotSeen]) {
    if source.hasSuffix(".json"), let known = try? BaselineReport.read(source) {
      let gap = NotSeen(GroupKind("", "*"), reason: "\(source) is the report of a scan that was not complete")
      return (Set(known.entries), [], known.isComplete ? [] : [gap])
    }
    let snapshot = try await SnapshotReading.read([Sources.source(source, keepsSchemas: true)], progress: progress)
    let result = await PostureScan().run(snapshot, width: Processors.count)
    try Task.checkCancellation()
    let refused = snapshot.notListed
    // A file that could not be read may hold any kind.
    let hidden = snapshot.problems.first(where: \.hidesInput).map {
      NotSeen(GroupKind("", "*"), reason: "\($0.location.text) was not read: \($0.message)")
    }
    let misshapen = snapshot.problems.first { $0.code == .wrongShape && !$0.hidesInput }.map {
      NotSeen(GroupKind("", "*"), reason: $0.text)
    }
    return (
      Set(result.findings.map { Baseline.Entry($0) }), snapshot.problems,
      (refused + [hidden, misshapen].compactMap { $0 }).sorted()
    )
  }
}
