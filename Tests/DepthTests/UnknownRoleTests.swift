import Access
import Depth
import Findings
import Kube
import TestKit
import Testing

/// A role that a binding names and the input does not hold may grant anything: the first number counts it, the second does not.
@Suite struct UnknownRoleTests {
  private static let pods =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {nodeName: n, containers: [{name: c, image: i}]}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: n, labels: {node-role.kubernetes.io/control-plane: ''}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n---\n"
  private static let account = "[{kind: ServiceAccount, name: default, namespace: shop}]"

  @Test func aClusterRoleThatIsNotThere() throws {
    let graph = DepthClusters.graph(Self.pods + RBACText.bind("gone", to: Self.account))
    let answer = try #require(DepthClusters.answer(graph, from: "pod:shop/web", to: "cluster-admin"))
    // By the node of the control plane it is certain.
    #expect(answer.depth?.upper == 0 && answer.certain?.upper == 1)
    let path = try #require(DepthClusters.path(graph, from: "pod:shop/web", to: "cluster-admin"))
    #expect(path.steps.map(\.technique.id) == ["use-token", "hold-unknown-role"])
    #expect(path.steps.allSatisfy { graph.holds($0.proof) } && path.steps.last?.doubt != nil)
  }

  @Test func aRoleOfANamespace() throws {
    let graph = DepthClusters.graph(Self.pods + RBACText.bind("r-gone", to: Self.account, namespace: "shop"))
    let secret = try #require(DepthClusters.answer(graph, from: "pod:shop/web", to: "secret:shop/s"))
    #expect(secret.depth?.upper == 0 && secret.certain?.upper == 1)
    #expect(DepthClusters.answer(graph, from: "pod:shop/web", to: "cluster-admin")?.depth?.upper == 1)
  }

  @Test func aRoleThatEveryClusterHasIsKnown() {
    let graph = DepthClusters.graph(Self.pods + RBACText.bind("view", to: Self.account))
    #expect(DepthClusters.answer(graph, from: "pod:shop/web", to: "cluster-admin")?.depth?.upper == 1)
  }

  @Test func theDossierSaysThatItIsNotKnown() throws {
    let yaml = Self.pods + RBACText.bind("gone", to: Self.account)
    let graph = DepthClusters.graph(yaml)
    let catalogue = ComponentCatalogue(graph.input.inventory.snapshot)
    let dossier = ComponentDossier(
      try #require(catalogue.named("shop").first), graph, ComponentDossier.Context(graph, today: nil))
    #expect(dossier.access.unknown.map(\.account) == [.serviceAccount(namespace: "shop", name: "default")])
    #expect(dossier.grade == .e && dossier.remarks.contains { $0.kind == .unknownRights })
    #expect(dossier.remarks.allSatisfy { !$0.text.contains(" has all Secrets") })
  }
}
