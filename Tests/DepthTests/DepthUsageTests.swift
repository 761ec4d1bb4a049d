import Access
import Depth
import Findings
import Kube
import TestKit
import Testing

/// What an audit log shows no use of costs nothing to take away.
struct DepthUsageTests {
  private static let cluster = """
    apiVersion: v1
    kind: Pod
    metadata: {name: bot, namespace: ci}
    spec: {serviceAccountName: bot, containers: [{name: c, image: i}]}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: bot, namespace: ci}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: bot}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
    subjects: [{kind: ServiceAccount, name: bot, namespace: ci}]

    """

  private static func request(_ user: String) -> ObservedRequest {
    ObservedRequest(
      user: user, groups: [], verb: "delete",
      target: .resource(.init(group: "", resource: "nodes", subresource: "", namespace: "", name: "n")),
      time: "2026-01-01T00:00:00Z")
  }

  @Test func grantsCostWhatTheirUseIsWorth() throws {
    let graph = DepthClusters.graph(Self.cluster)
    let inventory = graph.input.inventory
    let unused = DepthUsage(inventory, [])
    let pod = try #require(graph.positions(of: .pod(namespace: "ci", name: "bot")).first)
    let cut = try #require(
      DepthCut.cheapest(graph, from: pod, to: .clusterAdmin, usage: unused) { DepthClusters.graph($0) })
    #expect(cut.cost == 0 && !cut.changes.isEmpty)
    #expect(cut.changes.allSatisfy { unused.use(of: $0) == .unused })
    let usual = try #require(DepthCut.cheapest(graph, from: pod, to: .clusterAdmin) { DepthClusters.graph($0) })
    #expect(usual.cost == usual.changes.map(\.usualCost).reduce(0, +) && usual.cost > 0)
    let used = DepthUsage(inventory, [Self.request("system:serviceaccount:ci:bot")])
    let costly = try #require(
      DepthCut.cheapest(graph, from: pod, to: .clusterAdmin, usage: used) { DepthClusters.graph($0) })
    #expect(costly.cost > usual.cost)
  }
}
