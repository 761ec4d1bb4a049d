package import Findings
package import Kube

/// The benchmark, judged over records of nodes and the objects of a cluster.
package struct BenchmarkReview: Sendable {
  /// All checks of all editions. A check is a line in the table of its section.
  package static let checks: [BenchmarkCheck] =
    ControlPlaneFiles.checks + APIServerFlags.checks + ControllerFlags.checks + EtcdFlags.checks
    + AuthenticationPractice.checks + AuditPolicyChecks.checks + WorkerFiles.checks + KubeletSettings.checks
    + ProxySettings.checks + ClusterPolicies.checks

  /// The answer to a check, on each node and for the whole.
  package struct Result: Sendable {
    package let number: String
    /// As in `BenchmarkCheck.key`.
    package let key: String
    package let title: String
    package let expected: String
    package let verdict: BenchmarkVerdict
    /// The exact remedy; nil where nothing is to be done or nothing is known.
    package let remedy: String?
    /// Verdicts by node, in the order of their names; empty for checks of the cluster's objects.
    package let nodes: [(name: String, verdict: BenchmarkVerdict)]

    /// Controls of other frameworks that it is about.
    package var controls: [Control] { BenchmarkControls.controls(key) }

    /// `5.1` of 5.1.2, `2` of 2.7.
    package var section: String {
      let parts = number.split(separator: ".")
      return parts.count > 2 ? parts.prefix(2).joined(separator: ".") : String(parts.first ?? "")
    }
  }

  package let edition: BenchmarkEdition
  package let results: [Result]
  /// Groups of nodes with the same verdicts, the largest first: an odd one stands alone.
  package let groups: [[String]]
  /// When the record of each node was made, RFC 3339, where that is known.
  package let collected: [String: String]
  /// Kinds of objects that the cluster did not hand out.
  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - records: of nodes; several of one name are one node seen from several sides.
  ///   - scan: what `PostureScan` found in the snapshot.
  package init(
    edition: BenchmarkEdition, records: [NodeRecord], snapshot: ClusterSnapshot?, scan: ScanResult?
  ) {
    self.edition = edition
    notSeen = snapshot?.notListed ?? []
    var merged: [String: NodeRecord] = [:]
    for record in records {
      if merged[record.name] == nil { merged[record.name] = record } else { merged[record.name]?.add(record) }
    }
    let nodes = merged.values.sorted { $0.name < $1.name }.map(BenchmarkNode.init)
    collected = Dictionary(
      nodes.compactMap { node in node.record.collected.map { (node.record.name, $0) } }, uniquingKeysWith: { a, _ in a }
    )
    let cluster = BenchmarkCluster(snapshot: snapshot, scan: scan, nodes: nodes)
    var signatures = [[Int]](repeating: [], count: nodes.count)
    var results: [Result] = []
    for check in Self.checks {
      guard let number = edition.number(of: check.key) else { continue }
      switch check.judgement {
      case .cluster(let judge):
        let verdict = judge(cluster)
        results.append(
          Result(
            number: number, key: check.key, title: check.title, expected: check.expected, verdict: verdict,
            remedy: verdict.remedy?.text(on: nodes.first), nodes: []))
      case .node(let judge):
        let verdicts = nodes.map { judge($0, edition) }
        for index in nodes.indices { signatures[index].append(verdicts[index].status.rank) }
        results.append(Self.whole(number, check, nodes, verdicts))
      }
    }
    self.results = results.sorted { Self.isBefore($0.number, $1.number) }
    groups = Dictionary(grouping: nodes.indices, by: { signatures[$0] }).values
      .map { $0.map { nodes[$0].record.name } }.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }

  /// A failure anywhere fails the whole; what could not be judged on one node keeps it from passing.
  private static func whole(
    _ number: String, _ check: BenchmarkCheck, _ nodes: [BenchmarkNode], _ verdicts: [BenchmarkVerdict]
  ) -> Result {
    guard let rank = verdicts.map(\.status.rank).min(), let worst = verdicts.first(where: { $0.status.rank == rank })
    else {
      return Result(
        number: number, key: check.key, title: check.title, expected: check.expected,
        verdict: BenchmarkVerdict(.notEvaluated(.noRecord)), remedy: nil, nodes: [])
    }
    var verdict = worst
    verdict.evidence = zip(nodes, verdicts).flatMap { node, own in
      own.status.rank == rank
        ? own.evidence.map {
          BenchmarkEvidence(place: "\(node.record.name): \($0.place)", name: $0.name, value: $0.value)
        } : []
    }
    let remedy = zip(nodes, verdicts).first { $0.1.status.rank == rank && $0.1.remedy != nil }.flatMap {
      $0.1.remedy?.text(on: $0.0)
    }
    // That each node has no such component means that its node is missing, unless a provider or the distribution has it.
    if case .notApplicable(.notOnNode(let component)) = verdict.status, component.isControlPlane,
      !nodes.contains(where: { $0.distribution.isManaged })
    {
      // An etcd on no node is elsewhere, unless k3s keeps its objects without one.
      let isSeen =
        component == .etcd
        ? nodes.contains { $0.distribution.isEmbedded && $0.record.holds(.apiServer) == true }
        : nodes.contains { $0.record.holds(.apiServer) == true }
      verdict = BenchmarkVerdict(isSeen ? verdict.status : .notEvaluated(.noRecord))
    }
    // What runs pods has a kubelet: where no record shows one, it was down, or no node was looked at.
    if case .notApplicable(.notOnNode(.kubelet)) = verdict.status {
      verdict = BenchmarkVerdict(.notEvaluated(.noRecord))
    }
    return Result(
      number: number, key: check.key, title: check.title, expected: check.expected, verdict: verdict, remedy: remedy,
      nodes: zip(nodes, verdicts).map { ($0.record.name, $1) })
  }

  static func isBefore(_ a: String, _ b: String) -> Bool {
    a.split(separator: ".").map { Int($0) ?? 0 }.lexicographicallyPrecedes(b.split(separator: ".").map { Int($0) ?? 0 })
  }

  /// Counts of statuses by name.
  package func counts(_ section: String? = nil) -> [String: Int] {
    var counts: [String: Int] = [:]
    for result in results where section == nil || result.section == section {
      counts[result.verdict.status.name, default: 0] += 1
    }
    return counts
  }

  package var sections: [String] {
    var seen = Set<String>()
    return results.map(\.section).filter { seen.insert($0).inserted }
  }
}
