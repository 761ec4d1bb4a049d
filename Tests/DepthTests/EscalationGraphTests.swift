import Access
import Depth
import TestKit
import Testing

@Suite struct EscalationGraphTests {
  @Test func pathsNameEachStep() throws {
    let inventory = RBACText.inventory(
      RBACText.role(
        "Role", "r-deploy", "[{apiGroups: [apps], resources: [deployments], verbs: [create]}]", namespace: "ci")
        + RBACText.bind("r-deploy", to: "[{kind: Group, name: devs}]", namespace: "ci")
        + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: runner, namespace: ci}]")
        + "apiVersion: v1\nkind: Namespace\nmetadata: {name: ci, labels: {pod-security.kubernetes.io/enforce: restricted}}\n"
    )
    let graph = EscalationGraph(AccessProfile(inventory), namespaces: ["other"])
    let steps = try #require(graph.steps(from: .group("devs"), graph.paths(to: .clusterAdmin)))
    #expect(steps.map(\.to.text) == ["any service account of ci", "ServiceAccount ci/runner", "cluster admin"])
    #expect(steps.map { $0.binding != nil } == [true, false, true])
    #expect(EscalationGraph.length(steps) == 2)
    #expect(graph.steps(from: .group("devs"), graph.paths(to: .secrets(namespace: "other"))) != nil)
    #expect(graph.steps(from: .user("nobody"), graph.paths(to: .clusterAdmin)) == nil)
  }

  @Test func weakGrantsAreNoWay() {
    // Writing bindings without `bind` grants only what one holds; `pods/*` and a named `create` grant nothing.
    let inventory = RBACText.inventory(
      RBACText.role(
        "ClusterRole", "weak",
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings, clusterroles], verbs: [create, update]}, {apiGroups: [''], resources: ['pods/*'], verbs: [create]}, {apiGroups: [''], resources: [pods, serviceaccounts], verbs: [create], resourceNames: [x]}]"
      ) + RBACText.bind("weak", to: "[{kind: User, name: kim}]"))
    let graph = EscalationGraph(AccessProfile(inventory))
    #expect(graph.steps(from: .user("kim"), graph.paths(to: .clusterAdmin)) == nil)
  }
}
