import Access
import Depth
import Findings
import Kube
import Operations
import TestKit
import Testing

/// That nothing leads somewhere is said of what was seen whole alone.
@Suite struct DepthNotSeenTests {
  private static let pod = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop}
    spec: {automountServiceAccountToken: false, containers: [{name: c, image: i}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: proxy, namespace: kube-system}
    spec: {automountServiceAccountToken: false, containers: [{name: c, image: i}]}

    """

  private static func grant(_ role: String, _ verbs: String) -> String {
    """
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: reader}
    rules: [{apiGroups: [""], resources: [secrets], verbs: [\(verbs)]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: b}
    roleRef: {kind: ClusterRole, name: \(role)}
    subjects: [{kind: User, name: kim}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: v, namespace: shop}
    roleRef: {kind: ClusterRole, name: view}
    subjects: [{kind: User, name: lee}]

    """
  }

  private func notSeen(_ text: String, from name: String = "subject:user:kim") throws -> [GroupKind] {
    let operation = DepthOperation(reach: ReachOperation(profile: nil, plugin: nil))
    let start = try #require(DepthName(name))
    let graph = operation.graph(of: Fixtures.snapshot(text), names: [start])
    let starts = graph.positions(of: start)
    let answers = starts.compactMap { graph.field(from: $0, graph.solver()) }.map { graph.answer($0, .clusterAdmin) }
    return DepthOperation.notSeen(graph, from: starts, answers).map(\.kind)
  }

  @Test func withoutBindingsNobodysRightsAreKnown() throws {
    #expect(try notSeen(Self.pod).contains(.clusterRoleBinding))
    #expect(try notSeen(Self.pod + Self.grant("view", "get")).isEmpty)
  }

  @Test func aRoleThatIsNotThereMayGrantAnything() throws {
    #expect(try notSeen(Self.pod + Self.grant("gone", "get")) == [.clusterRole])
  }

  @Test func secretsOfTheSystemThatCanBeReadMayHoldAnything() throws {
    #expect(try notSeen(Self.pod + Self.grant("reader", "list")) == [.secret])
    // Nobody can read them from here.
    #expect(try notSeen(Self.pod + Self.grant("reader", "list"), from: "subject:user:lee").isEmpty)
    let secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: kube-system}\n"
    #expect(try notSeen(Self.pod + Self.grant("reader", "list") + secret).isEmpty)
  }
}
