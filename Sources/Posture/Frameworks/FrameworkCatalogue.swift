import Bytes
package import Findings
import PodSecurity

/// The controls of the frameworks that checks are mapped to, and whether manifests can answer them.
///
/// Sources: CIS Kubernetes Benchmark 1.12, section 5; Pod Security Standards; headings of the NSA/CISA Kubernetes
/// Hardening Guide 1.2; MITRE ATT&CK, techniques of the containers matrix and others that checks refer to.
package enum FrameworkCatalogue {
  /// One control of a framework.
  package struct Entry: Sendable {
    package let id: String
    package let title: String
    /// False where the answer is not in the objects of the API but in nodes, people or processes.
    package let isAboutObjects: Bool
    /// The field that this control is about, where its check covers several controls; nil for any field.
    package let field: String?
    /// Whether it is about a right that whoever may do everything has as well; nil for any other control.
    let everything: Everything?

    /// Where to be allowed everything means to have a right.
    enum Everything: Sendable {
      /// In one namespace, too.
      case anywhere
      /// Only in the whole cluster, since what the right is about has no namespace.
      case cluster
    }

    /// Whether a finding of one of its checks is about it.
    func concerns(_ finding: Finding) -> Bool {
      if finding.check == FrameworkCatalogue.everythingCheck, everything == .cluster,
        finding.subject.kind == "RoleBinding"
      {
        return false
      }
      return field.map { field in finding.evidence.contains { $0.path.hasSuffix(field) } } ?? true
    }
  }

  /// The check that reports who may do everything, and leaves to others what is less.
  static let everythingCheck = CheckID("cluster-admin-binding")

  package static func controls(_ framework: Control.Framework) -> [Entry] {
    switch framework {
    case .cis: cis
    case .nsa: nsa
    case .pss: pss
    case .mitre: mitre
    // Its rules are about nodes and flags: checks of the benchmark answer them.
    case .stig: []
    }
  }

  private static func entry(
    _ id: String, _ title: String, _ isAboutObjects: Bool = true, field: String? = nil,
    everything: Entry.Everything? = nil
  ) -> Entry {
    Entry(id: id, title: title, isAboutObjects: isAboutObjects, field: field, everything: everything)
  }

  private static let cis: [Entry] = [
    entry("5.1.1", "cluster-admin only where required"), entry("5.1.2", "access to secrets", everything: .anywhere),
    entry("5.1.3", "wildcards in roles"), entry("5.1.4", "access to create pods", everything: .anywhere),
    entry("5.1.5", "default service accounts not used"),
    entry("5.1.6", "service account tokens mounted only where necessary"),
    entry("5.1.7", "no use of system:masters", false),
    entry("5.1.8", "bind, impersonate and escalate limited", everything: .anywhere),
    entry("5.1.9", "access to create persistent volumes", everything: .cluster),
    entry("5.1.10", "access to the proxy of nodes", everything: .cluster),
    entry("5.1.11", "access to approve certificate requests", everything: .cluster),
    entry("5.1.12", "access to webhook configurations", everything: .cluster),
    entry("5.1.13", "access to create service account tokens", everything: .anywhere),
    entry("5.2.1", "a policy control mechanism is in place"),
    entry("5.2.2", "privileged containers"), entry("5.2.3", "host process ID namespace", field: "hostPID"),
    entry("5.2.4", "host IPC namespace", field: "hostIPC"),
    entry("5.2.5", "host network namespace", field: "hostNetwork"),
    entry("5.2.6", "allowPrivilegeEscalation"), entry("5.2.7", "root containers"), entry("5.2.8", "NET_RAW capability"),
    entry("5.2.9", "capabilities assigned"), entry("5.2.10", "Windows HostProcess containers"),
    entry("5.2.11", "HostPath volumes"), entry("5.2.12", "host ports"),
    entry("5.3.1", "the CNI supports network policies", false), entry("5.3.2", "all namespaces have network policies"),
    entry("5.4.1", "secrets as files rather than environment variables"), entry("5.4.2", "external secret storage"),
    entry("5.5.1", "image provenance"), entry("5.6.1", "boundaries between resources by namespaces"),
    entry("5.6.2", "seccomp profile"), entry("5.6.3", "security context applied"),
    entry("5.6.4", "default namespace not used"),
  ]

  private static let nsa: [Entry] = [
    entry("pod-security", "Kubernetes Pod security"), entry("network-separation", "network separation and hardening"),
    entry("authentication-and-authorization", "authentication and authorization"),
    entry("audit-logging", "audit logging and threat detection"), entry("supply-chain", "supply chain of images"),
    entry("upgrading", "upgrading and application security practices", false),
  ]

  private static let pss: [Entry] = PodSecurityStandard.controls.flatMap { control in
    control.metadata.controls.filter { $0.framework == .pss }.map { entry($0.id, control.metadata.title) }
  }

  private static let mitre: [Entry] = [
    entry("T1005", "data from local system"), entry("T1021", "remote services"), entry("T1040", "network sniffing"),
    entry("T1046", "network service discovery"), entry("T1053.007", "container orchestration job", false),
    entry("T1057", "process discovery"), entry("T1068", "exploitation for privilege escalation", false),
    entry("T1069", "permission groups discovery"), entry("T1070", "indicator removal"),
    entry("T1072", "software deployment tools"), entry("T1078", "valid accounts"), entry("T1090", "proxy"),
    entry("T1098", "account manipulation"), entry("T1105", "ingress tool transfer"),
    entry("T1110", "brute force", false),
    entry("T1133", "external remote services"), entry("T1134", "access token manipulation"),
    entry("T1190", "exploit public-facing application"), entry("T1204.003", "malicious image", false),
    entry("T1485", "data destruction"), entry("T1489", "service stop"),
    entry("T1490", "inhibit system recovery", false),
    entry("T1496", "resource hijacking"), entry("T1499", "endpoint denial of service"),
    entry("T1525", "implant internal image"), entry("T1528", "steal application access token"),
    entry("T1530", "data from cloud storage"), entry("T1546", "event triggered execution"),
    entry("T1552", "unsecured credentials"), entry("T1552.007", "unsecured credentials: container API"),
    entry("T1557", "adversary-in-the-middle"), entry("T1562.001", "impair defenses"),
    entry("T1578", "modify cloud compute infrastructure"), entry("T1609", "container administration command"),
    entry("T1610", "deploy container"), entry("T1611", "escape to host"), entry("T1612", "build image on host", false),
    entry("T1613", "container and resource discovery", false),
    entry("T1649", "steal or forge authentication certificates"),
  ]
}

/// How a scan answers each control of a framework.
package struct FrameworkReport: Sendable {
  /// The state of a control, judged by all checks that are mapped to it.
  package enum Status: String, Sendable {
    case passed
    case failed
    case notEvaluated = "not evaluated"
    /// The input has no object of a kind that the control is about.
    case notApplicable = "not applicable"
    case notAboutObjects = "not a matter of manifests"
    /// Judged, with something left for a person to weigh.
    case warn
    /// It fails, and somebody accepted all that it fails by.
    case accepted
  }

  /// A control in a coverage report. `findings` counts those of its checks that are about it.
  package struct Row: Sendable {
    package let id: String
    package let title: String
    package let status: Status
    package let checks: [String]
    package let findings: Int
    /// How many more there are that do not count, since somebody accepted them or knows them.
    package var accepted = 0
    /// Whether it is as it is since findings, or checks, were left out.
    package var isSetAside = false
    /// Why it is as it is, where the benchmark judged it; nil otherwise.
    package var reason: String?
    /// Whether it was not judged, and more could be seen than was: what only people know is no gap.
    package var isGap = false
  }

  package let framework: Control.Framework
  package let rows: [Row]
  /// The edition that the ids are of, such as `cis-1.12`; nil for frameworks without editions here.
  package var benchmark: String?

  init(_ framework: Control.Framework, rows: [Row], benchmark: String? = nil) {
    self.framework = framework
    self.rows = rows
    self.benchmark = benchmark
  }

  package init(_ framework: Control.Framework, _ result: ScanResult) {
    self.framework = framework
    let checks = CheckCatalogue.checks.map(\.metadata)
    rows = FrameworkCatalogue.controls(framework).map { entry in
      let control = Control(framework, entry.id)
      var mine = checks.filter { $0.controls.contains(control) }.map(\.id)
      if entry.everything != nil { mine.append(FrameworkCatalogue.everythingCheck) }
      let findings = result.findings.count { mine.contains($0.check) && entry.concerns($0) }
      let judged = entry.isAboutObjects ? Self.status(mine, findings: findings, result) : .notAboutObjects
      let aside = result.setAside.filter { mine.contains($0.finding.check) && entry.concerns($0.finding) }
      let accepted = aside.count { $0.cause != .filter }
      let open = judged == .passed || judged == .notApplicable ? Self.setAside(mine, aside, result) : nil
      return Row(
        id: entry.id, title: entry.title, status: open?.status ?? judged, checks: mine.map(\.rawValue),
        findings: findings, accepted: accepted, isSetAside: open != nil, reason: open?.reason,
        isGap: judged == .notEvaluated)
    }
  }

  /// What a control is instead of passed where something that is about it was left out; nil where nothing was.
  private static func setAside(
    _ checks: [CheckID], _ aside: [SetAside], _ result: ScanResult
  ) -> (status: Status, reason: String)? {
    let filters = result.filters.joined(separator: ", ")
    let skipped = checks.filter(result.checksLeftOut.contains).map(\.rawValue)
    if !skipped.isEmpty {
      return (.notEvaluated, "\(filters) left out \(Phrase.list(skipped, shown: 4))")
    }
    let filtered = aside.count { $0.cause == .filter }
    if filtered > 0 { return (.notEvaluated, "\(filters) left out \(Phrase.count(filtered, "finding"))") }
    guard !aside.isEmpty else { return nil }
    return (.accepted, "\(Phrase.count(aside.count, "finding")) accepted or known")
  }

  /// The state of a control by the checks that are about it, and by how many of their findings are.
  static func status(_ checks: [CheckID], findings: Int, _ result: ScanResult) -> Status {
    var tally = ScanResult.Tally()
    for id in checks { tally.add(result.byCheck[id] ?? .init()) }
    if findings > 0 { return .failed }
    if checks.isEmpty || result.leavesRoom(for: checks) { return .notEvaluated }
    // A check that fails on another field has judged this one as well.
    return tally.passed + tally.failed > 0 ? .passed : .notApplicable
  }

  /// Whether a control fails.
  package var hasFailures: Bool { rows.contains { $0.status == .failed } }

  /// Whether a control was not judged for want of something that can be seen.
  package var hasGaps: Bool { rows.contains(where: \.isGap) }
}
