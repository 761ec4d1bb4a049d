package import Collect
package import Findings
import Images
package import Kube
package import PodSecurity
import Posture

/// Judges a snapshot by the catalogue of checks, with what is suppressed and filtered.
package struct ScanOperation: Sendable {
  package struct Outcome: Sendable {
    package var result: ScanResult
    package var suppressed: Suppressions.Tally
    /// Exceptions that cannot be used; they are among the problems of the result, too.
    package var exceptionProblems: [Problem]
    /// What was asked of the images of the workloads; nil where nothing was.
    package var images: WorkloadImageScan.Outcome?
  }

  package var filter: FindingFilter
  package var suppressions: Suppressions
  package var podSecurityVersion = PodSecurityVersion.latest
  /// The minor version of Kubernetes that the input is meant for; nil: not known.
  package var targetMinor: Int?
  /// Where images may come from; none: anywhere.
  package var trustedRegistries: [String] = []
  /// Nil: images are not read.
  package var images: WorkloadImageScan?
  /// `YYYY-MM-DD`.
  package var today: String

  package init(filter: FindingFilter, suppressions: Suppressions, today: String) {
    self.filter = filter
    self.suppressions = suppressions
    self.today = today
  }

  /// - Parameter cluster: where the snapshot was taken; nil for files.
  package func run(
    _ snapshot: ClusterSnapshot, cluster: ClusterEndpoint?, progress: @escaping ProgressHandler
  ) async throws -> Outcome {
    try filter.validate(for: snapshot)
    let checks = CheckCatalogue.checks.filter { filter.runs($0.metadata) }
    let images = try await images?.run(snapshot, cluster: cluster, progress: progress)
    let scan = PostureScan(
      checks: checks, podSecurityVersion: podSecurityVersion.served(by: snapshot.serverMinor),
      targetMinor: targetMinor ?? snapshot.serverMinor,
      trustedRegistries: trustedRegistries, images: images?.verdicts)
    var result = await scan.run(snapshot, width: Processors.count)
    try Task.checkCancellation()
    let suppressions = suppressions.adding(annotationsOf: snapshot)
    result.problems += suppressions.problems
    let ran = Set(checks.map(\.metadata.id.rawValue))
    let tally = suppressions.apply(to: &result, today: today, judged: ran.contains)
    result.findings.removeAll { !filter.keeps($0) }
    return Outcome(
      result: result, suppressed: tally, exceptionProblems: suppressions.problems, images: images)
  }
}

extension ScanOperation.Outcome {
  /// Several clusters as one, each finding with its cluster's name.
  ///
  /// - Parameter unreachable: clusters that could not be read, as problems of the whole.
  package init(clusters: [(name: String, outcome: ScanOperation.Outcome)], unreachable: [Problem]) {
    result = ScanResult(clusters: clusters.map { ($0.name, $0.outcome.result) })
    result.problems += unreachable
    suppressed = Suppressions.Tally()
    for (_, outcome) in clusters { suppressed.add(outcome.suppressed) }
    exceptionProblems = clusters.flatMap(\.outcome.exceptionProblems)
    images = nil
  }
}
