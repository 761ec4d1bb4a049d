import Access
import Depth
import Findings
import Kube
import TestKit
import Testing

/// Whoever may write an object of which pods are made runs what he likes: as any account beside it, with any Secret, and on the node.
@Suite struct PodMakerTests {
  private static let ops =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: root, namespace: ops}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: ops}\n---\n"
    + RBACText.bind("cluster-admin", to: "[{kind: ServiceAccount, name: root, namespace: ops}]")

  static let makers = PodMakers.all.flatMap { line in line.resources.map { (line.group, $0) } }

  @Test func everyLineIsAWay() throws {
    for (group, resource) in Self.makers {
      for verb in ["create", "patch"] {
        let yaml =
          Self.ops
          + RBACText.role(
            "ClusterRole", "k", "[{apiGroups: ['\(group)'], resources: [\(resource)], verbs: [\(verb)]}]")
          + RBACText.bind("k", to: "[{kind: User, name: kim}]")
        let graph = DepthClusters.graph(yaml)
        for target in ["cluster-admin", "secret:ops/s", "node"] {
          let path = try #require(
            DepthClusters.path(graph, from: "subject:user:kim", to: target), "\(group) \(resource)")
          #expect(path.depth == 0 && path.steps.allSatisfy { graph.holds($0.proof) }, "\(group) \(resource) \(target)")
        }
      }
    }
  }

  /// Whatever has its templates of pods read has its writers counted, but for what others are made of alone.
  @Test func everyKindWhosePodsAreReadIsThere() {
    let known = Set(PodMakers.all.map(\.group))
    let vendors = PodTemplateCatalogue.kinds.map(\.group).filter { $0.contains(".") }
    #expect(Set(vendors).subtracting(known).isEmpty)
  }

  /// A right that is restricted to a name is one to the pods of that object.
  @Test func oneObjectOfAVendorByItsName() throws {
    let flow =
      "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: nightly, namespace: ops}\nspec: {workflowSpec: {}}\n---\n"
    let rule = "[{apiGroups: [argoproj.io], resources: [cronworkflows], verbs: [patch], resourceNames: [nightly]}]"
    let right = RBACText.role("ClusterRole", "k", rule) + RBACText.bind("k", to: "[{kind: User, name: kim}]")
    let graph = DepthClusters.graph(Self.ops + flow + right)
    let path = try #require(DepthClusters.path(graph, from: "subject:user:kim", to: "cluster-admin"))
    #expect(path.depth == 0 && path.steps.first?.technique.id == "change-workload")
    #expect(path.steps.allSatisfy { graph.holds($0.proof) })
    #expect(
      DepthClusters.path(DepthClusters.graph(Self.ops + right), from: "subject:user:kim", to: "cluster-admin") == nil)
  }

  @Test func chartsOfK3sAreInstalledAsClusterAdmin() throws {
    let graph = DepthClusters.graph(
      RBACText.role(
        "Role", "r-k", "[{apiGroups: [helm.cattle.io], resources: [helmcharts], verbs: [create]}]", namespace: "ops")
        + RBACText.bind("r-k", to: "[{kind: User, name: kim}]", namespace: "ops"))
    let path = try #require(DepthClusters.path(graph, from: "subject:user:kim", to: "cluster-admin"))
    #expect(path.depth == 0 && path.steps.allSatisfy { graph.holds($0.proof) })
  }
}
