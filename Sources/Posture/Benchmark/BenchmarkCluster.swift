package import Findings
package import Kube

/// A cluster as checks see it: its objects, what our other checks said of them, and its nodes.
package struct BenchmarkCluster: Sendable {
  /// Nil where no objects were given.
  package let snapshot: ClusterSnapshot?
  /// What the checks of the catalogue found in the objects.
  package let scan: ScanResult?
  package let nodes: [BenchmarkNode]
  private let rows: [String: FrameworkReport.Row]
  private let findings: [CheckID: [Finding]]

  package init(snapshot: ClusterSnapshot?, scan: ScanResult?, nodes: [BenchmarkNode]) {
    self.snapshot = snapshot
    self.scan = scan
    self.nodes = nodes
    rows = Dictionary(
      (scan.map { FrameworkReport(.cis, $0).rows } ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    findings = Dictionary(grouping: scan?.findings ?? [], by: \.check)
  }

  /// Kinds of which absence would mean nothing, as a verdict; nil where all of them were seen.
  func gap(_ kinds: [GroupKind]) -> BenchmarkVerdict? {
    guard let snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
    return kinds.contains { snapshot.blindness(for: $0) != nil } ? BenchmarkVerdict(.notEvaluated(.objects)) : nil
  }

  /// The command line of the API server of some node, the first that was read; a verdict where there is none.
  func apiServer() -> (node: BenchmarkNode, arguments: ComponentArguments, source: NodeSource)? {
    for node in nodes {
      if let (arguments, source) = node.commands(.apiServer).first { return (node, arguments, source) }
    }
    return nil
  }

  /// Judges by the checks of the catalogue that are mapped to a control of the framework: one judgement in one room.
  func scanned(_ control: String) -> BenchmarkVerdict {
    guard let scan, let snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
    guard let row = rows[control] else {
      return BenchmarkVerdict(.notEvaluated(.person))
    }
    let field = FrameworkCatalogue.controls(.cis).first { $0.id == control }?.field
    let mine = Set(row.checks)
    let findings = row.checks.flatMap { self.findings[CheckID($0)] ?? [] }.sorted(by: Finding.isOrderedBefore).filter {
      finding in
      (field.map { field in finding.evidence.contains { $0.path.hasSuffix(field) } } ?? true)
    }
    // What comes with a distribution or is worth a look only fails nobody.
    let failing = findings.filter { $0.severity > .info }
    if !failing.isEmpty {
      return BenchmarkVerdict(
        .fail, failing.map(Self.evidence), remedy: failing.first.map { .text($0.remediation) })
    }
    let isGap = scan.notEvaluated.contains { $0.check.map { mine.contains($0.rawValue) } ?? ($0.cause != .undecided) }
    if isGap || row.status == .notEvaluated { return BenchmarkVerdict(.notEvaluated(.objects)) }
    if !findings.isEmpty { return BenchmarkVerdict(.warn(.judgement), findings.map(Self.evidence)) }
    switch row.status {
    case .passed:
      var tally = ScanResult.Tally()
      for check in row.checks { tally.add(scan.byCheck[CheckID(check)] ?? .init()) }
      return BenchmarkVerdict(
        .pass,
        [
          BenchmarkEvidence(
            place: "the cluster's objects", name: row.checks.joined(separator: ", "),
            value: "\(tally.passed) verdicts, none against")
        ])
    case .notApplicable: return BenchmarkVerdict(.notApplicable(.noObjects))
    default:
      return snapshot.objects.isEmpty
        ? BenchmarkVerdict(.notEvaluated(.objects)) : BenchmarkVerdict(.notApplicable(.noObjects))
    }
  }

  static func evidence(_ finding: Finding) -> BenchmarkEvidence {
    BenchmarkEvidence(
      place: "\(finding.subject.text) (\(finding.location.text))",
      name: finding.evidence.first?.path ?? finding.check.rawValue,
      value: finding.message)
  }

  static func evidence(_ object: KubeObject, _ name: String, _ value: String?) -> BenchmarkEvidence {
    BenchmarkEvidence(place: "\(object.subject.text) (\(object.location.text))", name: name, value: value)
  }
}
