import Depth
import Findings
import Kube
import Posture
import Reach

/// The depth that stands in the first lines of a scan, and what each finding takes away from it.
enum ScanDepth {
  /// Workloads that are looked at beside a scan, so that it stays as quick as it is.
  static let limit = 1_000
  /// Things that are named.
  private static let shown = 5

  /// - Returns: nil for an input without objects.
  static func summary(_ snapshot: ClusterSnapshot, _ findings: [Finding]) -> DepthSummary? {
    guard !snapshot.objects.isEmpty else { return nil }
    guard !snapshot.workloads.isEmpty else { return DepthSummary(omitted: .nothingRuns) }
    guard snapshot.workloads.count <= limit else {
      return DepthSummary(omitted: .tooLarge(workloads: snapshot.workloads.count, limit: limit))
    }
    let graph = DepthOperation(reach: ReachOperation(profile: nil, plugin: nil)).graph(of: snapshot)
    let targets = Array(graph.targets.prefix(shown))
    let review = DepthReview(graph, from: [.internet], to: targets)
    let rows = review.rows.map { row in
      DepthSummary.Row(
        target: row.target.name, start: DepthPosition.internet.text, possible: row.answers.first?.depth?.upper,
        certain: row.answers.first?.certain?.upper,
        path: row.weakest.map { $0.path.stations.map(\.text).joined(separator: " → ") } ?? "")
    }
    let gains = graph.gains(from: .internet, to: targets.map(\.position), graph.solver())
    var taken: [Fingerprint: Int] = [:]
    for finding in findings {
      let gain = gains.filter { isAbout($0.cause, finding) }.map(\.controls).max() ?? 0
      if gain > 0 { taken[finding.fingerprint] = gain }
    }
    let notSeen = DepthOperation.notSeen(graph, from: [.internet], review.rows.lazy.flatMap(\.answers))
    return DepthSummary(rows: rows, taken: taken, unseen: notSeen.map(\.reason))
  }

  /// Whether mending the finding takes the cause away.
  private static func isAbout(_ cause: DepthGraph.Cause, _ finding: Finding) -> Bool {
    let check = finding.check.rawValue
    switch cause {
    case .escape(let workload): return isOn(finding, workload) && RiskContext.waysOut.contains(check)
    case .token(let workload): return isOn(finding, workload) && tokens.contains(check)
    // What of the grant is harmless is not what leads on.
    case .grant(let binding): return isOn(finding, binding) && finding.severity >= .high
    case .entry(let object, let workload):
      return entries.contains(check) && (isOn(finding, object) || isOn(finding, workload))
    case .openPods(let workload):
      return openPods.contains(check)
        && (isOn(finding, workload)
          || finding.subject.kind == "Namespace" && finding.subject.name == workload.namespace)
    }
  }

  /// A manifest may leave the namespace out.
  private static func isOn(_ finding: Finding, _ object: Subject) -> Bool {
    let subject = finding.subject
    return subject.group == object.group && subject.kind == object.kind && subject.name == object.name
      && (subject.namespace == object.namespace || subject.namespace == nil && object.namespace == "default")
  }

  private static let tokens: Set<String> = ["default-service-account-token", "needless-service-account-token"]
  private static let entries: Set<String> = [
    "reachable-from-outside", "open-load-balancer", "node-port-service", "exposed-administration",
    "service-external-ips", "ingress-for-every-host",
  ]
  private static let openPods: Set<String> = ["namespace-without-network-policy", "partly-isolated-namespace"]
}
