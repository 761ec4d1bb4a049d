import Admission
package import Collect
package import Findings
import Images
package import Kube
package import PodSecurity
import Posture
import Report

/// Judges a snapshot by all checks, and applies filters and suppressions.
package struct ScanOperation: Sendable {
  /// The findings that count, and what was taken out of them.
  package struct Outcome: Sendable {
    package var result: ScanResult
    package var suppressed: Suppressions.Tally
    /// Invalid exceptions, which are also among the problems of the result.
    package var exceptionProblems: [Problem]
    /// The scan of the workloads' images; nil where it was not requested.
    package var images: WorkloadImageScan.Outcome?
    /// Pull secrets that could not be read.
    package var secretProblems: [Problem] = []
    /// What the policies are called in reports, where there were any.
    package var policyRules: [RuleMetadata] = []
    /// Terms of the filter that matched nothing.
    package var filterRemarks: [String] = []
  }

  package var filter: FindingFilter
  package var suppressions: Suppressions
  package var podSecurityVersion = PodSecurityVersion.latest
  /// The minor version of Kubernetes that the input is meant for; nil where unknown.
  package var targetMinor: Int?
  /// Where images may come from; empty for anywhere.
  package var trustedRegistries: [String] = []
  /// Nil to read no images.
  package var images: WorkloadImageScan?
  /// Nil to verify no signatures.
  package var imageTrust: ImageTrustScan?
  /// Whether registries are asked with the Secrets that the cluster uses for each image; the function looks up a variable. Nil: not.
  package var pullSecretEnvironment: (@Sendable (String) -> String?)?
  /// Admission policies, each of which is a check of its own; nil: none.
  package var policies: ClusterSnapshot?
  /// `YYYY-MM-DD`.
  package var today: String
  /// Whether the result says how deep what matters lies.
  package var hasDepth = false

  package init(filter: FindingFilter, suppressions: Suppressions, today: String) {
    self.filter = filter
    self.suppressions = suppressions
    self.today = today
  }

  /// - Parameter cluster: that the snapshot was taken from; nil for files.
  package func run(
    _ snapshot: ClusterSnapshot, cluster: ClusterEndpoint?, progress: @escaping ProgressHandler
  ) async throws -> Outcome {
    try filter.validate(for: snapshot)
    let checks = CheckCatalogue.checks.filter { filter.runs($0.metadata) }
    var secrets = PullSecrets()
    if let pullSecretEnvironment, images != nil || imageTrust != nil {
      secrets = try await PullSecrets(snapshot, cluster: cluster, environment: pullSecretEnvironment)
    }
    let images = try await images?.run(snapshot, secrets, progress: progress)
    let trust = try await imageTrust?.run(snapshot, secrets, progress: progress)
    let scan = PostureScan(
      checks: checks, podSecurityVersion: podSecurityVersion.served(by: snapshot.serverMinor),
      targetMinor: targetMinor ?? snapshot.serverMinor,
      trustedRegistries: trustedRegistries, images: images?.verdicts, imageTrust: trust
    ) { PolicyLint.check($0)?.errors ?? [] }
    var result = await scan.run(snapshot, width: Processors.count)
    try Task.checkCancellation()
    let ofPolicies = try await policyFindings(snapshot, isCluster: cluster != nil)
    if let ofPolicies { result.add(ofPolicies) }
    let ofImages = (images?.gaps ?? []).filter { gap in checks.contains { $0.metadata.id == gap.check } }
    result.notEvaluated = (result.notEvaluated + unreadPolicies + ofImages).sorted(by: NotEvaluated.isOrderedBefore)
    let suppressions = suppressions.adding(annotationsOf: snapshot)
    result.problems += suppressions.problems
    let ran = Set(checks.map(\.metadata.id.rawValue) + (ofPolicies?.rules.map(\.id.rawValue) ?? []))
    let tally = suppressions.apply(to: &result, today: today, judged: ran.contains)
    filter.apply(to: &result)
    result.checksLeftOut = Set(CheckCatalogue.checks.map(\.metadata.id)).subtracting(checks.map(\.metadata.id))
    if hasDepth { result.depth = ScanDepth.summary(snapshot, result.findings) }
    return Outcome(
      result: result, suppressed: tally, exceptionProblems: suppressions.problems, images: images,
      secretProblems: secrets.problems, policyRules: ofPolicies?.rules ?? [],
      filterRemarks: filter.remarks(on: snapshot))
  }

  /// What the policies say of the objects, each of them a check.
  private func policyFindings(_ snapshot: ClusterSnapshot, isCluster: Bool) async throws -> PolicyFindings? {
    guard let policies else { return nil }
    let input = AdmissionInput(
      policies: policies, cluster: isCluster ? snapshot : nil, objects: snapshot, unbound: .deniesEverywhere)
    let answer = try await AdmissionCheckOperation.run(
      snapshot.objects.filter { PolicySet.judges($0.groupKind) }, input, .init(), sources: [], toolVersion: "")
    let filter = filter
    return PolicyFindings(answer.verdicts, answer.policies) { filter.runs(policy: $0) }
  }

  /// Files of policies that were not read: what they would say is not known.
  private var unreadPolicies: [NotEvaluated] {
    (policies?.problems ?? []).filter(\.hidesInput).map(NotEvaluated.init(unread:))
  }
}

extension ScanResult {
  fileprivate mutating func add(_ policies: PolicyFindings) {
    findings = (findings + policies.findings).sorted(by: Finding.isOrderedBefore)
    notEvaluated = (notEvaluated + policies.gaps).sorted(by: NotEvaluated.isOrderedBefore)
    for (id, own) in policies.byCheck {
      tally.add(own)
      byCheck[id, default: Tally()].add(own)
    }
    checks += policies.rules.count
  }
}

extension ScanOperation.Outcome {
  /// Merges the outcomes of several clusters; each finding carries its cluster's name.
  ///
  /// - Parameter unreachable: problems of clusters that could not be read.
  package init(clusters: [(name: String, outcome: ScanOperation.Outcome)], unreachable: [Problem]) {
    result = ScanResult(clusters: clusters.map { ($0.name, $0.outcome.result) })
    result.problems += unreachable
    if clusters.contains(where: { $0.outcome.result.depth != nil }) {
      result.depth = DepthSummary(omitted: .severalClusters)
    }
    suppressed = Suppressions.Tally()
    for (_, outcome) in clusters { suppressed.add(outcome.suppressed) }
    exceptionProblems = clusters.flatMap(\.outcome.exceptionProblems)
    images = nil
    policyRules = clusters.first?.outcome.policyRules ?? []
  }
}
