import Access
import Depth
import Kube
import Reach
import TestKit
import Testing

/// Laws that hold of every cluster, on small ones made at random.
struct DepthLawsTests {
  /// A cluster of a few pods, accounts, grants and policies.
  struct Cluster {
    var parts: [(kind: String, text: String)]

    var yaml: String { parts.map(\.text).joined(separator: "---\n") }

    init(_ random: inout SeededRandom) {
      parts = []
      let namespaces = ["a", "b"]
      for name in namespaces {
        let level = ["", "", "baseline", "restricted"][random.below(4)]
        parts.append(
          (
            "Namespace",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name), labels: {kubernetes.io/metadata.name: \(name)\(level.isEmpty ? "" : ", pod-security.kubernetes.io/enforce: \(level)")}}\n"
          ))
      }
      for index in 0..<(2 + random.below(3)) {
        let namespace = random.pick(namespaces)
        let extra = [
          "", "", "hostPID: true, ", "shareProcessNamespace: true, ", "automountServiceAccountToken: false, ",
        ]
        let context = [
          "", ", securityContext: {privileged: true}",
          ", securityContext: {runAsUser: 7, allowPrivilegeEscalation: false, seccompProfile: {type: RuntimeDefault}}",
        ]
        let volume = [
          "", ", volumes: [{name: v, secret: {secretName: s\(index)}}]",
          ", volumes: [{name: v, hostPath: {path: /etc}}]",
        ]
        parts.append(
          (
            "Pod",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p\(index), namespace: \(namespace), labels: {app: p\(index)}}\nspec: {\(random.pick(extra))serviceAccountName: sa\(random.below(3)), containers: [{name: c, image: i\(index)\(random.pick(context)), ports: [{containerPort: 80}]}]\(random.pick(volume))}\n"
          ))
        if random.below(3) == 0 {
          parts.append(
            (
              "Service",
              "apiVersion: v1\nkind: Service\nmetadata: {name: p\(index), namespace: \(namespace)}\nspec: {type: LoadBalancer, selector: {app: p\(index)}, ports: [{port: 80}]}\n"
            ))
        }
      }
      let rules = [
        "[{apiGroups: [''], resources: [secrets], verbs: [get]}]",
        "[{apiGroups: [''], resources: [pods], verbs: [create]}]",
        "[{apiGroups: [''], resources: [pods/exec], verbs: [create]}]",
        "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
        "[{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}]",
        "[{apiGroups: [''], resources: [secrets], resourceNames: [s1], verbs: [get]}]",
      ]
      for index in 0..<(1 + random.below(3)) {
        let isCluster = random.below(3) == 0
        let namespace = random.pick(namespaces)
        parts.append(
          (
            "ClusterRole",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r\(index)}\nrules: \(random.pick(rules))\n"
          ))
        let kind = isCluster ? "ClusterRoleBinding" : "RoleBinding"
        let place = isCluster ? "" : ", namespace: \(namespace)"
        parts.append(
          (
            kind,
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: \(kind)\nmetadata: {name: b\(index)\(place)}\nroleRef: {kind: ClusterRole, name: r\(index)}\nsubjects: [{kind: ServiceAccount, name: sa\(random.below(3)), namespace: \(random.pick(namespaces))}]\n"
          ))
      }
      for index in 0..<random.below(3) { parts.append(("NetworkPolicy", Self.policy(index, &random))) }
    }

    static func policy(_ index: Int, _ random: inout SeededRandom) -> String {
      let namespace = ["a", "b"][random.below(2)]
      let selector = ["{}", "{matchLabels: {app: p\(random.below(3))}}"][random.below(2)]
      let peer = "[{namespaceSelector: {}, podSelector: {matchLabels: {app: p\(random.below(3))}}}]"
      let rules =
        random.below(2) == 0
        ? "ingress: [{from: \(peer)}], policyTypes: [Ingress]" : "egress: [{to: \(peer)}], policyTypes: [Egress]"
      return
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n\(index), namespace: \(namespace)}\nspec: {podSelector: \(selector), \(rules)}\n"
    }
  }

  /// Depths of everything that has a place, from the outside.
  private static func depths(_ graph: DepthGraph, from start: DepthPosition) -> [DepthPosition: Int] {
    guard let field = graph.field(from: start, graph.solver()) else { return [:] }
    var found: [DepthPosition: Int] = [:]
    for position in graph.positions where !position.isTransit {
      if let depth = graph.answer(field, position).depth { found[position] = depth.upper }
    }
    return found
  }

  @Test func depthEqualsExhaustiveSearchAndProofsHold() throws {
    var random = SeededRandom(seed: 11)
    var asked = 0
    for _ in 0..<12 {
      let cluster = Cluster(&random)
      let graph = DepthClusters.graph(cluster.yaml)
      let solver = graph.solver()
      for start in [DepthPosition.internet, .network] {
        guard let field = graph.field(from: start, solver) else { continue }
        let wanted = Self.leastControls(graph, from: start)
        for (number, position) in graph.positions.enumerated() where !position.isTransit {
          let depth = graph.answer(field, position).depth
          if depth?.upper != wanted[number] { Issue.record("\(start.text) to \(position.text) in\n\(cluster.yaml)") }
          guard let path = graph.weakestPath(field, to: position) else { continue }
          if path.depth != depth?.upper { Issue.record("the path to \(position.text) in\n\(cluster.yaml)") }
          for step in path.steps {
            asked += 1
            if !graph.holds(step.proof) { Issue.record("\(step.from.text): \(step.text)\n\(cluster.yaml)") }
            if case .connection(_, _, _, _, let isAllowed) = step.proof {
              let isStopped = step.controls.contains { [.ingressPolicy, .egressPolicy].contains($0.mechanism) }
              if isAllowed == isStopped { Issue.record("\(step.text)\n\(cluster.yaml)") }
            }
          }
        }
      }
    }
    #expect(asked > 300)
  }

  /// By another algorithm: how few controls have to be given up until the place can be walked to, tried for every set of them.
  private static func leastControls(_ graph: DepthGraph, from start: DepthPosition) -> [Int?] {
    let arcs = graph.arcs
    guard let first = graph.positions.firstIndex(of: start) else { return [] }
    var best = [Int?](repeating: nil, count: graph.positions.count)
    let count = graph.controls.count
    var outgoing: [[DepthSolver.Arc]] = Array(repeating: [], count: graph.positions.count)
    for arc in arcs { outgoing[arc.from].append(arc) }
    guard count <= 20 else { return DepthSolverTests.exhaustive(graph.positions.count, arcs, from: first) }
    for failed in 0..<(1 << count) where failed.nonzeroBitCount <= 5 {
      let size = failed.nonzeroBitCount
      var reached = [Bool](repeating: false, count: graph.positions.count)
      var open = [first]
      reached[first] = true
      while let place = open.popLast() {
        if best[place].map({ size < $0 }) ?? true { best[place] = size }
        for arc in outgoing[place] where !reached[arc.to] && arc.controls.allSatisfy({ failed & (1 << $0) != 0 }) {
          reached[arc.to] = true
          open.append(arc.to)
        }
      }
    }
    return best
  }

  /// Walking backwards from all targets at once finds what asking each position about each target finds.
  @Test func whatIsLeftIsTheNearestTarget() {
    var random = SeededRandom(seed: 29)
    var asked = 0
    for _ in 0..<12 {
      let cluster = Cluster(&random)
      let graph = DepthClusters.graph(cluster.yaml)
      let targets = graph.targets
      let remaining = DepthRemaining(graph, to: targets)
      let solver = graph.solver()
      for position in graph.positions where !position.isTransit {
        let field = graph.field(from: position, solver)
        let answers = targets.compactMap { target in field.flatMap { graph.answer($0, target.position).depth } }
        let found = remaining.from(position)
        if found?.depth != answers.map(\.upper).min() {
          Issue.record("from \(position.text) in\n\(cluster.yaml)")
        }
        guard let found, let field else { continue }
        asked += 1
        if graph.answer(field, found.target.position).depth?.upper != found.depth {
          Issue.record("\(position.text) to \(found.target.name) in\n\(cluster.yaml)")
        }
      }
    }
    #expect(asked > 100)
  }

  @Test func lessRightsAndMoreControlsAreNeverShallower() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<20 {
      let cluster = Cluster(&random)
      let before = DepthClusters.graph(cluster.yaml)
      var other = cluster
      var changed = ""
      switch random.below(3) {
      case 0:
        guard let index = other.parts.firstIndex(where: { $0.kind.hasSuffix("Binding") }) else { continue }
        changed = other.parts.remove(at: index).text
      case 1:
        // Isolates: it lets nothing through that passed before.
        changed =
          "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: a}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n"
        other.parts.append(("NetworkPolicy", changed))
      default:
        guard let index = other.parts.firstIndex(where: { $0.kind == "Service" }) else { continue }
        changed = other.parts.remove(at: index).text
      }
      let after = DepthClusters.graph(other.yaml)
      for start in [DepthPosition.internet, .network] {
        let old = Self.depths(before, from: start)
        for (position, depth) in Self.depths(after, from: start) {
          // A place that nothing led to is no longer one of the other graph.
          guard old[position].map({ $0 <= depth }) ?? false else {
            Issue.record("\(position.text) after\n\(changed)\nin\n\(cluster.yaml)")
            continue
          }
        }
      }
    }
  }

  @Test func cutsAreCheapestAndDoWhatTheySay() throws {
    var random = SeededRandom(seed: 7)
    var found = 0
    for _ in 0..<10 {
      let cluster = Cluster(&random)
      let snapshot = Fixtures.snapshot(cluster.yaml)
      let graph = DepthClusters.graph(snapshot)
      for target in graph.targets.prefix(2) {
        guard
          let cut = DepthCut.cheapest(graph, from: .internet, to: target.position, rebuild: { DepthClusters.graph($0) })
        else { continue }
        guard case .found = cut.outcome else { continue }
        found += 1
        let before = try #require(cut.before.depth?.upper)
        #expect(!cut.changes.isEmpty)
        let after = Self.depths(
          DepthClusters.graph(cut.changes.reduce(snapshot) { $1.applied(to: $0) }), from: .internet)
        #expect(after[target.position].map { $0 > before } ?? true)
        // Without any one of its changes it would not do.
        for left in cut.changes {
          let fewer = cut.changes.filter { $0 != left }.reduce(snapshot) { $1.applied(to: $0) }
          let depth = Self.depths(DepthClusters.graph(fewer), from: .internet)[target.position]
          #expect(depth.map { $0 <= before } ?? false, "\(left.text) is not needed in\n\(cluster.yaml)")
        }
      }
    }
    #expect(found >= 3)
  }
}
