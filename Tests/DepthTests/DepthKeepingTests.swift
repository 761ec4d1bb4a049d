import Access
import Depth
import Findings
import Kube
import Reach
import TestKit
import Testing

/// A graph that keeps what has not changed is the one that is made from scratch: the same depths, from everywhere to everything.
@Suite struct DepthKeepingTests {
  /// What it answers, in an order of its own: by position, and by position again.
  private static func answers(_ graph: DepthGraph) -> [String: DepthField.Answer] {
    let solver = graph.solver()
    var found: [String: DepthField.Answer] = [:]
    for start in graph.positions where !start.isTransit {
      guard let field = graph.field(from: start, solver) else { continue }
      for goal in graph.positions where !goal.isTransit {
        found["\(start.text) \(goal.text)"] = graph.answer(field, goal)
      }
    }
    return found
  }

  private static func differences(_ a: DepthGraph, _ b: DepthGraph) -> [String] {
    let (first, second) = (answers(a), answers(b))
    var found = Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }.map {
      "\($0): \(first[$0].map { "\($0)" } ?? "not there"), \(second[$0].map { "\($0)" } ?? "not there")"
    }
    if a.targets != b.targets { found.append("other targets") }
    if a.arcs.count != b.arcs.count { found.append("\(a.arcs.count) steps, \(b.arcs.count)") }
    return found.sorted()
  }

  /// An object of one of the kinds that a change may be about, with names that meet those of the cluster.
  private static func change(_ random: inout SeededRandom) -> String {
    func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }
    let namespace = pick(["a", "b"])
    let account = pick(["s0", "s1", "s2", "default"])
    let verb = pick(["get", "create", "*", "impersonate", "escalate"])
    let resource = pick(["secrets", "pods", "pods/exec", "pods/log", "serviceaccounts", "nodes/proxy", "*"])
    switch Int.random(in: 0..<9, using: &random) {
    case 0:
      return """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: \(pick(["r0", "r1", "r9"]))}
        rules: [{apiGroups: ["*"], resources: ["\(resource)"], verbs: ["\(verb)"]}]

        """
    case 1:
      return """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: \(pick(["c0", "c9"]))}
        roleRef: {kind: ClusterRole, name: \(pick(["r0", "r1", "cluster-admin", "view"]))}
        subjects: [{kind: ServiceAccount, name: \(account), namespace: \(namespace)}, {kind: User, name: \(pick(["kim", "lee"]))}]

        """
    case 2:
      return """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: \(pick(["b0", "b9"])), namespace: \(namespace)}
        roleRef: {kind: ClusterRole, name: \(pick(["r0", "r1", "edit"]))}
        subjects: [{kind: ServiceAccount, name: \(account), namespace: \(namespace)}, {kind: Group, name: \(pick(["devs", "ops"]))}]

        """
    case 3:
      return """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: \(pick(["q0", "q9"])), namespace: \(namespace)}
        spec: {podSelector: {matchLabels: {app: \(pick(["w0", "w1", "w2"]))}}, policyTypes: [\(pick(["Ingress", "Egress", "Ingress, Egress"]))]\(pick(["", ", ingress: [{}]", ", ingress: [{from: [{podSelector: {matchLabels: {app: w1}}}]}]", ", egress: [{to: [{namespaceSelector: {}}]}]"]))}

        """
    case 4:
      return """
        apiVersion: v1
        kind: Secret
        metadata: {name: \(pick(["d0", "d9"])), namespace: \(namespace)}

        """
    case 5:
      return """
        apiVersion: v1
        kind: Service
        metadata: {name: \(pick(["v0", "v9"])), namespace: \(namespace)}
        spec: {type: \(pick(["LoadBalancer", "ClusterIP", "NodePort"])), selector: {app: \(pick(["w0", "w1"]))}, ports: [{port: 80}]}

        """
    case 6:
      return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: \(pick(["i0", "i9"])), namespace: \(namespace), annotations: {\(pick(["", "nginx.ingress.kubernetes.io/auth-url: x"]))}}
        spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: \(pick(["v0", "v9"])), port: {number: 80}}}}]}}]}

        """
    case 7:
      return """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: p0}
        spec: {hostPath: {path: \(pick(["/", "/data"]))}, claimRef: {name: c0, namespace: a}}

        """
    default:
      return workload(pick(["w0", "w1", "w9"]), namespace, account, &random)
    }
  }

  private static func workload(
    _ name: String, _ namespace: String, _ account: String, _ random: inout SeededRandom
  ) -> String {
    func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }
    let image = pick(["web", "postgres", "redis"])
    return """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: \(name), namespace: \(namespace)}
      spec:
        selector: {matchLabels: {app: \(name)}}
        template:
          metadata: {labels: {app: \(name)}}
          spec:
            serviceAccountName: \(account)
            automountServiceAccountToken: \(pick(["true", "false"]))
            \(pick(["", "nodeName: n0", "hostPID: true", "hostNetwork: true"]))
            containers: [{name: c, image: "\(image):1", ports: [{containerPort: 80}]\(pick(["", ", securityContext: {privileged: true}", ", envFrom: [{secretRef: {name: d0}}]"]))}]
            volumes: [\(pick(["", "{name: h, hostPath: {path: /var/run}}", "{name: k, persistentVolumeClaim: {claimName: c0}}"]))]

      """
  }

  private static func cluster(_ random: inout SeededRandom) -> String {
    var text = """
      apiVersion: v1
      kind: Namespace
      metadata: {name: a, labels: {kubernetes.io/metadata.name: a}}
      ---
      apiVersion: v1
      kind: Namespace
      metadata: {name: b, labels: {kubernetes.io/metadata.name: b, pod-security.kubernetes.io/enforce: baseline}}
      ---
      apiVersion: v1
      kind: Node
      metadata: {name: n0}
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: s0, namespace: a, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/x"}}
      ---

      """
    for name in ["w0", "w1", "w2"] {
      let namespace = Bool.random(using: &random) ? "a" : "b"
      text += workload(name, namespace, "s\(Int.random(in: 0..<3, using: &random))", &random) + "---\n"
    }
    for _ in 0..<6 { text += change(&random) + "---\n" }
    return text
  }

  private static func graph(_ snapshot: ClusterSnapshot, names: [DepthName]) -> DepthGraph {
    DepthGraph(input(snapshot, names, nil))
  }

  private static func input(_ snapshot: ClusterSnapshot, _ names: [DepthName], _ reach: ReachModel?) -> DepthGraph.Input
  {
    var input = DepthGraph.Input(
      AccessInventory(snapshot), reach ?? ReachModel(snapshot, profile: ReachProfile.fitting(snapshot)))
    input.names = names
    return input
  }

  @Test func aGraphThatKeepsWhatIsTheSameEqualsOneFromScratch() throws {
    var random = SeededRandom(seed: 23)
    let names = [DepthName("subject:user:nobody"), DepthName("internet"), DepthName("subject:group:ops")].compactMap {
      $0
    }
    var ways: [String: Int] = [:]
    for round in 0..<120 {
      let before = Fixtures.snapshot(Self.cluster(&random))
      let text = Self.change(&random)
      let applied = Fixtures.snapshot(text)
      let after = before.applying(applied)
      let old = Self.graph(before, names: names)
      let kept = DepthGraph.kept(of: old, in: after, changed: applied.objects, names: names)
      let new = DepthGraph(
        Self.input(after, names, kept == .allBut(.access) ? old.input.reach : nil), keeping: kept, of: old)
      let differences = Self.differences(new, Self.graph(after, names: names))
      let isSame = differences.isEmpty
      #expect(isSame, "round \(round), \(kept), \(text): \(differences.prefix(2))")
      // And once more, on a graph that has kept things itself.
      let again = DepthGraph.kept(of: new, in: before, changed: applied.objects, names: names)
      if case .facts = again {
        let back = DepthGraph(Self.input(before, names, nil), keeping: again, of: new)
        let isBack = Self.differences(back, old).isEmpty
        #expect(isBack, "round \(round), back")
      }
      let way =
        switch kept {
        case .nothing: "nothing"
        case .facts: "facts"
        case .allBut(let part): "all but \(part)"
        }
      ways[way, default: 0] += 1
    }
    for way in ["nothing", "facts", "all but access", "all but network", "all but entryPoints"] {
      #expect((ways[way] ?? 0) > 3, "\(ways)")
    }
  }
}
