import Collect
package import Findings
import Kube
import PodSecurity
import Posture
package import Report

/// The findings of two inputs, for a comparison.
package enum FindingsDiffOperation {
  /// The findings of a JSON report; for any other input, those of a scan of it.
  ///
  /// - Parameter source: a report, or manifests.
  /// - Returns: with the problems of a scan, and what it could not see.
  package static func side(
    _ source: String, progress: @escaping ProgressHandler
  ) async throws -> (side: FindingsDiffAnswer.Side, problems: [Problem]) {
    if source.hasSuffix(".json"), let known = try? BaselineReport.read(source) {
      let gap = NotSeen(GroupKind("", "*"), reason: "\(source) is the report of a scan that was not complete")
      return (.init(Set(known.entries), notSeen: known.isComplete ? [] : [gap], mayHide: nil), [])
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
    // Where single kinds are missing, a check that reads none of them has seen all that it asks for.
    let blind = CheckCatalogue.checks.filter { check in
      // A check without kinds of its own looks at every object.
      check.needs.isEmpty || check.needs.contains { snapshot.refusal(of: $0) != nil }
    }
    let side = FindingsDiffAnswer.Side(
      Set(result.findings.map { Baseline.Entry($0) }),
      notSeen: (refused + [hidden, misshapen].compactMap { $0 }).sorted(),
      mayHide: hidden ?? misshapen == nil ? Set(blind.map(\.metadata.id)) : nil)
    return (side, snapshot.problems)
  }
}
