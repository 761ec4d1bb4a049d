package import Collect
import Findings
package import Kube
import PodSecurity
import Posture

/// Sources into one snapshot that is worth judging.
package enum SnapshotReading {
  /// Kinds that some check needs.
  package static var wantedKinds: Set<GroupKind> { Set(CheckCatalogue.checks.flatMap(\.needs)) }

  /// - Throws: `BartizanError` when nothing can be read; `FailedOperation` when no object is in what was.
  package static func read(
    _ sources: [any SnapshotSource], progress: @escaping ProgressHandler
  ) async throws -> ClusterSnapshot {
    let snapshot = try await Sources.snapshot(sources) { progress(.readingInput, $0, $1) }
    guard snapshot.objects.isEmpty else { return snapshot }
    let names = sources.map(\.name).joined(separator: ", ")
    let refusal = snapshot.refused.min { $0.key < $1.key }.map { ": " + $0.value } ?? ""
    throw FailedOperation(
      BartizanError(.input, "no Kubernetes object in \(names)\(refusal)"), after: snapshot.problems)
  }
}
