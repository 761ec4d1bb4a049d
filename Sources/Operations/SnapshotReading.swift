package import Collect
import Findings
package import Kube
import PodSecurity
import Posture

/// Reads sources into one snapshot, and refuses an empty one.
package enum SnapshotReading {
  /// Kinds that any check needs.
  package static var wantedKinds: Set<GroupKind> { Set(CheckCatalogue.checks.flatMap(\.needs)) }

  /// Kinds that a live cluster is asked for: those for which `rbac-manifest` prints the permissions.
  package static var readKinds: Set<GroupKind> { Set(ReaderManifest.kinds()) }

  /// - Throws: `BartizanError` when nothing can be read; `FailedOperation` when the sources contain no object.
  package static func read(
    _ sources: [any SnapshotSource], progress: @escaping ProgressHandler
  ) async throws -> ClusterSnapshot {
    let snapshot = try await Sources.snapshot(sources) { progress(.readingInput, $0, $1) }
    guard snapshot.objects.isEmpty else { return snapshot }
    let names = sources.map(\.name).joined(separator: ", ")
    let refusal = snapshot.refused.min { $0.key < $1.key }.map { ": " + $0.value } ?? ""
    throw FailedOperation(
      // What a cluster kept to itself is no fault of the input.
      BartizanError(snapshot.refused.isEmpty ? .input : .remote, "no Kubernetes object in \(names)\(refusal)"),
      after: snapshot.problems)
  }
}
