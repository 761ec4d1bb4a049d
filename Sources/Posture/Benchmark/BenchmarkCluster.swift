import Access
import Bytes
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

  /// The same where an input of files may simply not hold a kind of which every cluster has objects.
  func unseen(_ kinds: [GroupKind]) -> BenchmarkVerdict? {
    if let gap = gap(kinds) { return gap }
    guard let snapshot, snapshot.serverMinor == nil else { return nil }
    return kinds.contains { snapshot.objects($0).isEmpty } ? BenchmarkVerdict(.notEvaluated(.objects)) : nil
  }

  /// A command line of an API server, with the node that it runs on.
  struct APIServer {
    let node: BenchmarkNode
    let arguments: ComponentArguments
    let source: NodeSource

    func evidence(_ flag: String) -> BenchmarkEvidence {
      BenchmarkEvidence(
        place: "\(node.record.name): \((arguments.origin(of: flag) ?? source).text)", name: "--" + flag,
        value: arguments.value(flag))
    }
  }

  /// The command lines of all API servers, of each node by its most reliable source.
  func apiServers() -> [APIServer] {
    nodes.flatMap { node -> [APIServer] in
      let commands = node.commands(.apiServer)
      guard let kind = commands.first?.source else { return [] }
      return commands.prefix { $0.source.isOfKind(kind) }.map {
        APIServer(node: node, arguments: $0.arguments, source: $0.source)
      }
    }
  }

  /// Judges by the checks of the catalogue that are mapped to a control of the framework: one judgement in one room.
  ///
  /// - Parameters:
  ///   - counts: which of their findings the benchmark asks for.
  ///   - more: what these checks cannot see, and fails as well.
  ///   - remedy: for that.
  func scanned(
    _ control: String, counts: (Finding) -> Bool = { _ in true }, more: [BenchmarkEvidence] = [],
    remedy: BenchmarkRemedy? = nil
  ) -> BenchmarkVerdict {
    guard let scan, let snapshot else { return BenchmarkVerdict(.notEvaluated(.noCluster)) }
    guard let row = rows[control] else {
      return BenchmarkVerdict(.notEvaluated(.person))
    }
    let entry = FrameworkCatalogue.controls(.cis).first { $0.id == control }
    let findings = row.checks.flatMap { self.findings[CheckID($0)] ?? [] }.sorted(by: Finding.isOrderedBefore).filter {
      (entry?.concerns($0) ?? true) && counts($0)
    }
    // What comes with a distribution or is worth a look only fails nobody.
    let failing = findings.filter { $0.severity > .info }
    let evidence = failing.map(Self.evidence) + more
    if !evidence.isEmpty {
      return BenchmarkVerdict(.fail, evidence, remedy: failing.first.map { .text($0.remediation) } ?? remedy)
    }
    let checks = row.checks.map { CheckID($0) }
    let status = FrameworkReport.status(checks, findings: findings.count, scan)
    if status == .notEvaluated || scan.leavesRoom(for: checks) { return BenchmarkVerdict(.notEvaluated(.objects)) }
    if !findings.isEmpty { return BenchmarkVerdict(.warn(.judgement), findings.map(Self.evidence)) }
    guard status == .passed else {
      // Every cluster has grants and accounts: where the input has none, they are not in it.
      return snapshot.objects.isEmpty || control.hasPrefix("5.1.")
        ? BenchmarkVerdict(.notEvaluated(.objects)) : BenchmarkVerdict(.notApplicable(.noObjects))
    }
    var tally = ScanResult.Tally()
    for check in checks { tally.add(scan.byCheck[check] ?? .init()) }
    return BenchmarkVerdict(
      .pass,
      [
        BenchmarkEvidence(
          place: "the cluster's objects", name: row.checks.joined(separator: ", "),
          value: "\(Phrase.count(tally.passed + tally.failed, "verdict")), none against")
      ])
  }

  /// Who was granted one of these rights by somebody's decision.
  ///
  /// - Parameters:
  ///   - deed: the right in words, such as `approve certificate requests`.
  ///   - everywhere: whether the right is about what has no namespace, so that a RoleBinding does not give it.
  func granted(_ rights: [AccessCapability], _ deed: String, everywhere: Bool) -> [BenchmarkEvidence] {
    guard let snapshot else { return [] }
    let inventory = AccessInventory(snapshot)
    return inventory.givenBindings.flatMap { index -> [BenchmarkEvidence] in
      let binding = inventory.bindings[index]
      guard let role = binding.role, !everywhere || binding.namespace == nil else { return [] }
      let set = CapabilitySet(inventory.roles[role].rules, inNamespace: binding.namespace != nil)
      // Who may do everything is reported for that.
      guard !set.has(.everything), rights.contains(where: set.has) else { return [] }
      return Self.decided(inventory, index).map { subject, position in
        Self.evidence(
          binding.object, "subjects[\(position)]",
          "\(subject.text) may \(deed), by \(binding.roleKind) \"\(binding.roleName)\"")
      }
    }
  }

  /// Subjects of a binding that did not come with the cluster, with their places in it.
  static func decided(_ inventory: AccessInventory, _ index: Int) -> [(subject: AccessSubject, position: Int)] {
    zip(inventory.bindings[index].subjects, inventory.bindings[index].subjectIndexes).filter {
      inventory.shipper(of: $0.0, binding: index) == nil
    }.map { ($0.0, $0.1) }
  }

  /// Containers of workloads that fail by what the benchmark asks, which is less than a check of the catalogue does. A workload
  /// that these checks have no finding on, such as for an exception, does not count.
  func containers(
    _ checks: [String], _ name: String, _ judge: (PodTemplate, Container) -> String?
  ) -> [BenchmarkEvidence] {
    let found = Set(checks.flatMap { self.findings[CheckID($0)] ?? [] }.map(\.subject))
    return (snapshot?.workloads ?? []).filter { found.contains($0.object.subject) }.flatMap { workload in
      workload.template.containers.compactMap { container in
        judge(workload.template, container).map {
          Self.evidence(workload.object, "\(container.path).\(name)", $0)
        }
      }
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
