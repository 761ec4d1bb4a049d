import Access
import Depth
import Kube
import TestKit
import Testing

/// What is left when a binding is taken away.
@Suite struct EscalationCutTests {
  private static let rules = [
    "{apiGroups: [''], resources: [pods], verbs: [create]}", "{apiGroups: [''], resources: [secrets], verbs: [create]}",
    "{apiGroups: [''], resources: [secrets], verbs: [get]}", "{apiGroups: [''], resources: [secrets], verbs: [patch]}",
    "{apiGroups: [''], resources: [pods/exec], verbs: [create]}",
    "{apiGroups: [''], resources: [users, groups], verbs: [impersonate]}",
    "{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create], resourceNames: [a]}",
    "{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}",
    "{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [patch]}",
    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [c0]}",
    "{apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}",
    "{apiGroups: [''], resources: [namespaces], verbs: [patch]}", "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}",
  ]

  /// A binding is taken out of the graph as it stands; the answers are those of a graph that never had it.
  @Test func aGraphWithoutABindingIsTheGraphOfAClusterWithoutIt() {
    var random = SeededRandom(seed: 17)
    var changed = 0
    for _ in 0..<5 {
      var yaml = ["n", "m", "kube-system"].map { name in
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name), labels: {pod-security.kubernetes.io/enforce: \(random.pick(["restricted", "privileged"]))}}\n---\n"
          + "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: \(name)}\n---\n"
      }.joined()
      yaml +=
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec: {serviceAccountName: a, containers: [{name: c, image: x}]}\n---\n"
      for index in 0..<4 {
        let list = (0..<2).map { _ in random.pick(Array(Self.rules.prefix(random.below(5) == 0 ? 13 : 12))) }
        yaml += RBACText.role("ClusterRole", "c\(index)", "[\(list.joined(separator: ", "))]")
      }
      let subjects = [
        "{kind: User, name: kim}", "{kind: Group, name: 'system:authenticated'}", "{kind: Group, name: devs}",
        "{kind: ServiceAccount, name: a, namespace: n}", "{kind: Group, name: 'system:serviceaccounts:n'}",
        "{kind: ServiceAccount, name: a, namespace: kube-system}", "{kind: User, name: sam}",
      ]
      var bindings: [String] = []
      for index in 0..<6 {
        let list = Set([random.pick(subjects), random.pick(subjects)]).sorted().joined(separator: ", ")
        bindings.append(
          RBACText.bind(
            "c\(random.below(4))", to: "[\(list)]", namespace: random.pick([nil, "n", "m", "kube-system"]),
            name: "b\(index)"))
      }
      let inventory = RBACText.inventory(yaml + bindings.joined())
      let profile = AccessProfile(inventory)
      let graph = EscalationGraph(profile)
      for binding in inventory.givenBindings {
        let name = inventory.bindings[binding].object.name
        let rest = bindings.enumerated().filter { "b\($0.offset)" != name }.map(\.element).joined()
        let other = RBACText.inventory(yaml + rest)
        let expected = EscalationGraph(AccessProfile(other))
        let found = graph.without(binding: binding, profile)
        for goal in [EscalationGraph.Position.clusterAdmin, .node, .secrets(namespace: "m")] {
          let (before, want, have) = (graph.paths(to: goal), expected.paths(to: goal), found.paths(to: goal))
          // Whom nothing binds any more is no subject of the other cluster.
          for subject in other.allSubjects {
            let steps = expected.ownSteps(from: subject, want).map(EscalationGraph.length)
            #expect(
              found.ownSteps(from: subject, have).map(EscalationGraph.length) == steps,
              "\(subject.text) to \(goal.text) without \(name)\n\(yaml)\(bindings.joined())")
            if graph.ownSteps(from: subject, before).map(EscalationGraph.length) != steps { changed += 1 }
          }
        }
      }
    }
    #expect(changed > 10)
  }

  @Test func theBindingThatHelpsMostComesFirst() {
    let inventory = RBACText.inventory(
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: root, namespace: ops}\n---\n"
        + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: root, namespace: ops}]", name: "root")
        + RBACText.role("ClusterRole", "tokens", "[\(Self.rules[6].replacing("[a]", with: "[root]"))]")
        + RBACText.bind("tokens", to: "[{kind: User, name: kim}]", namespace: "ops", name: "kims")
        + RBACText.bind("tokens", to: "[{kind: User, name: sam}]", namespace: "ops", name: "sams"))
    let profile = AccessProfile(inventory)
    let graph = EscalationGraph(profile)
    let paths = graph.reaching(graph.paths(to: .clusterAdmin)).map {
      (start: EscalationGraph.Position.subject($0.subject), steps: $0.steps)
    }
    let cuts = EscalationCut.all(paths, to: .clusterAdmin, graph, profile)
    #expect(cuts.map { inventory.bindings[$0.binding].object.name } == ["root", "kims", "sams"])
    #expect(cuts.map(\.before) == [3, 3, 3])
    #expect(cuts.map(\.after) == [0, 2, 2])
    #expect(cuts.map(\.alternate) == [nil, 1, 1])
  }
}
