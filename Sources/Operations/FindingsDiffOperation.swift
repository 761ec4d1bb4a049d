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
    if source.hasSuffix(".json"), let known = BaselineReport.entriesIfReport(source) { return (Set(known), [], []) }
    let snapshot = try await SnapshotReading.read([Sources.source(source, keepsSchemas: true)], progress: progress)
    let result = await PostureScan().run(snapshot, width: Processors.count)
    try Task.checkCancellation()
    let refused = snapshot.refused.map { NotSeen($0.key, reason: $0.value) }.sorted()
    return (Set(result.findings.map { Baseline.Entry($0) }), snapshot.problems, refused)
  }
}
