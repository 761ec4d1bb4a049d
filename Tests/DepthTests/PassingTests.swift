import Access
import Depth
import Findings
import Kube
import TestKit
import Testing

/// What the API server passes on comes past the policies of the network: the application alone is in the way.
@Suite struct PassingTests {
  private static func cluster(_ resource: String, _ verb: String, names: String = "") -> String {
    """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: shop, labels: {app: db}}
    spec: {nodeName: n0, automountServiceAccountToken: false, containers: [{name: c, image: i, ports: [{containerPort: 5432}]}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: other, namespace: bank}
    spec: {nodeName: n1, automountServiceAccountToken: false, containers: [{name: c, image: i}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: none, namespace: shop}
    spec: {podSelector: {}, policyTypes: [Ingress]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: r, namespace: shop}
    rules: [{apiGroups: [""], resources: ["\(resource)"], verbs: ["\(verb)"]\(names)}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: b, namespace: shop}
    roleRef: {kind: Role, name: r}
    subjects: [{kind: User, name: kim}]
    """
  }

  @Test(arguments: [("pods/portforward", "create"), ("pods/proxy", "get"), ("services/proxy", "create")])
  func whoMayForwardIsPastThePolicies(_ right: (resource: String, verb: String)) throws {
    let graph = DepthClusters.graph(Self.cluster(right.resource, right.verb))
    let answer = try #require(DepthClusters.answer(graph, from: "subject:user:kim", to: "pod:shop/db"))
    #expect(answer.depth?.upper == 1 && answer.isCertain)
    let path = try #require(DepthClusters.path(graph, from: "subject:user:kim", to: "pod:shop/db"))
    #expect(path.steps.map(\.technique.id) == ["pass-through-api-server"])
    #expect(path.controls.map(\.mechanism) == [.application])
    #expect(path.steps.allSatisfy { graph.holds($0.proof) })
    guard case .accessReviews(let requests) = path.steps[0].proof else {
      Issue.record("\(path.steps[0].proof)")
      return
    }
    #expect(requests.count == 1)
    // What lies in another namespace is a connection and an application further.
    #expect(DepthClusters.answer(graph, from: "subject:user:kim", to: "pod:bank/other")?.depth?.lower == 2)
    // Without the binding nothing leads there.
    let start = try #require(graph.positions(of: .subject(.user("kim"))).first)
    let goal = try #require(graph.positions(of: .pod(namespace: "shop", name: "db")).first)
    let cut = DepthCut.cheapest(graph, from: start, to: goal) { DepthClusters.graph($0, names: ["subject:user:kim"]) }
    #expect(cut?.changes.map(\.text) == ["take User/kim out of shop/RoleBinding/b"])
  }

  @Test(arguments: [("pods/log", "get"), ("services", "get"), ("pods/proxy", "delete")])
  func otherRightsForwardNothing(_ right: (resource: String, verb: String)) {
    let graph = DepthClusters.graph(Self.cluster(right.resource, right.verb))
    #expect(DepthClusters.answer(graph, from: "subject:user:kim", to: "pod:shop/db")?.depth == nil)
  }

  private static let service =
    "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: sql, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n"

  /// A right to one name leads to the pods that bear it, or that stand behind the Service of that name.
  @Test(
    arguments: [
      ("pods/portforward", "create", "db", 1), ("pods/proxy", "get", "'http:db:5432'", 1),
      ("services/proxy", "get", "sql", 1), ("services/proxy", "get", "'https:sql:5432'", 1),
      ("services/proxy", "get", "db", nil), ("pods/portforward", "create", "web", nil),
      ("pods/portforward", "get", "db-7f-1", 1),
    ] as [(String, String, String, Int?)])
  func rightsThatAreRestrictedToNames(_ resource: String, _ verb: String, _ name: String, _ depth: Int?) throws {
    let graph = DepthClusters.graph(Self.cluster(resource, verb, names: ", resourceNames: [\(name)]") + Self.service)
    #expect(DepthClusters.answer(graph, from: "subject:user:kim", to: "pod:shop/db")?.depth?.upper == depth)
    guard depth != nil else { return }
    let path = try #require(DepthClusters.path(graph, from: "subject:user:kim", to: "pod:shop/db"))
    #expect(path.steps.allSatisfy { graph.holds($0.proof) } && path.controls.map(\.mechanism) == [.application])
  }

  /// What is granted everywhere holds for a pod of the name in any namespace.
  @Test(arguments: [
    ("pods/exec", "run-commands"), ("pods/ephemeralcontainers", "add-container"), ("pods", "change-image"),
  ])
  func podsByNameInAnyNamespace(_ resource: String, _ technique: String) throws {
    let verb = resource == "pods/exec" ? "create" : "patch"
    let graph = DepthClusters.graph(
      Self.cluster("pods/log", "get") + "\n---\n"
        + RBACText.role(
          "ClusterRole", "k", "[{apiGroups: [''], resources: ['\(resource)'], verbs: [\(verb)], resourceNames: [db]}]")
        + RBACText.bind("k", to: "[{kind: User, name: lee}]"))
    let path = try #require(DepthClusters.path(graph, from: "subject:user:lee", to: "pod:shop/db"))
    #expect(path.depth == 0 && path.steps.first?.technique.id == technique)
    #expect(path.steps.allSatisfy { graph.holds($0.proof) })
    #expect(DepthClusters.answer(graph, from: "subject:user:lee", to: "pod:bank/other")?.depth?.upper != 0)
  }
}
