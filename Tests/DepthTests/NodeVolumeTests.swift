import Access
import Depth
import Findings
import Kube
import TestKit
import Testing

/// PersistentVolumes that lie on a node: through claims that exist, that a pod brings itself, or that somebody may still make.
@Suite struct NodeVolumeTests {
  private static let guarded =
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n---\n"

  private static func volume(_ path: String = "/", _ more: String = "", status: String = "") -> String {
    "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: root, labels: {tier: gold}}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: manual, hostPath: {path: \(path)}\(more)}\n\(status)---\n"
  }

  private static let request =
    "accessModes: [ReadWriteOnce], storageClassName: manual, resources: {requests: {storage: 500Mi}}"

  private static func claim(_ spec: String) -> String {
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c, namespace: shop}\nspec: {\(spec)}\n---\n"
  }

  private static let user =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {nodeName: n, automountServiceAccountToken: false, containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}\n---\n"

  private static func depth(_ yaml: String, _ from: String = "pod:shop/p", names: [String] = []) -> Int? {
    DepthClusters.answer(DepthClusters.graph(yaml, names: names), from: from, to: "node")?.depth?.upper
  }

  @Test func aClaimThatWouldBeBoundIsAsGoodAsBound() {
    #expect(Self.depth(Self.volume() + Self.claim(Self.request) + Self.user) == 0)
    #expect(Self.depth(Self.volume() + Self.claim("volumeName: root, " + Self.request) + Self.user) == 0)
    let held = ", claimRef: {namespace: shop, name: c}"
    #expect(Self.depth(Self.volume("/", held) + Self.claim(Self.request) + Self.user) == 0)
    #expect(
      Self.depth(Self.volume() + Self.claim(Self.request + ", selector: {matchLabels: {tier: gold}}") + Self.user) == 0)
  }

  /// None of these comes to the volume.
  @Test(arguments: [
    "accessModes: [ReadWriteMany], storageClassName: manual", "accessModes: [ReadWriteOnce], storageClassName: fast",
    "accessModes: [ReadWriteOnce]", "storageClassName: manual, resources: {requests: {storage: 2Gi}}",
    "storageClassName: manual, selector: {matchLabels: {tier: iron}}", "storageClassName: manual, volumeMode: Block",
    "storageClassName: manual, volumeName: other",
  ]) func aClaimThatDoesNotFit(_ spec: String) {
    #expect(Self.depth(Self.volume() + Self.claim(spec) + Self.user) == 1)
  }

  @Test func whatIsHeldByAnotherOrLooksHarmlessIsNoWay() {
    let held = ", claimRef: {namespace: bank, name: other}"
    #expect(Self.depth(Self.volume("/", held) + Self.claim(Self.request) + Self.user) == 1)
    #expect(Self.depth(Self.volume("/data") + Self.claim(Self.request) + Self.user) == 1)
    let released = "status: {phase: Released}\n"
    #expect(Self.depth(Self.volume(status: released) + Self.claim(Self.request) + Self.user) == 1)
  }

  @Test func podsBringClaimsOfTheirOwn() throws {
    let set =
      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: p, namespace: shop}\nspec: {volumeClaimTemplates: [{metadata: {name: v}, spec: {\(Self.request)}}], template: {spec: {nodeName: n, automountServiceAccountToken: false, containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v}]}]}}}\n---\n"
    #expect(Self.depth(Self.volume() + set) == 0)
    // A claim of the set that is bound.
    let bound =
      "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: v-p-0, namespace: shop}\nspec: {volumeName: root}\n---\n"
    #expect(Self.depth(Self.volume("/", ", claimRef: {namespace: shop, name: v-p-0}") + bound + set) == 0)
    let ephemeral =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {nodeName: n, automountServiceAccountToken: false, containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {\(Self.request)}}}}]}\n---\n"
    let graph = DepthClusters.graph(Self.volume() + ephemeral)
    let path = try #require(DepthClusters.path(graph, from: "pod:shop/p", to: "node"))
    #expect(path.depth == 0 && path.steps.allSatisfy { graph.holds($0.proof) })
  }

  private static func kim(_ rule: String, in namespace: String? = "shop") -> String {
    RBACText.role(
      namespace == nil ? "ClusterRole" : "Role", namespace == nil ? "k" : "r-k", "[\(rule)]", namespace: namespace)
      + RBACText.bind(namespace == nil ? "k" : "r-k", to: "[{kind: User, name: kim}]", namespace: namespace)
  }

  private static let pods = "{apiGroups: [''], resources: [pods], verbs: [create]}"
  private static let sets = "{apiGroups: [apps], resources: [statefulsets], verbs: [create]}"

  /// Pod Security does not look through a claim.
  @Test(arguments: [pods, sets]) func whoStartsPodsHasAFreeVolumeWhateverPodSecuritySays(_ rule: String) throws {
    let yaml = Self.guarded + Self.volume() + Self.kim(rule)
    let graph = DepthClusters.graph(yaml, names: ["subject:user:kim"])
    let path = try #require(DepthClusters.path(graph, from: "subject:user:kim", to: "node"))
    #expect(path.depth == 0 && path.isCertain && path.steps.allSatisfy { graph.holds($0.proof) })
    #expect(path.steps.first?.technique.id == "mount-volume-of-node")
    // Without such a volume, Pod Security stands in the way.
    for other in ["", Self.volume("/data"), Self.volume("/", ", claimRef: {namespace: bank, name: c}")] {
      #expect(Self.depth(Self.guarded + other + Self.kim(rule), "subject:user:kim", names: ["subject:user:kim"]) == 1)
    }
    // One that a claim beside the pods has is theirs, too.
    let held = Self.volume("/", ", claimRef: {namespace: shop, name: c}")
    #expect(Self.depth(Self.guarded + held + Self.kim(rule), "subject:user:kim", names: ["subject:user:kim"]) == 0)
  }

  @Test func whoMakesVolumesElsewhereAndPodsHereHasTheNode() throws {
    let yaml =
      Self.guarded + Self.kim("{apiGroups: [''], resources: [persistentvolumes], verbs: [create]}", in: nil)
      + Self.kim(Self.sets)
    let graph = DepthClusters.graph(yaml, names: ["subject:user:kim"])
    let path = try #require(DepthClusters.path(graph, from: "subject:user:kim", to: "node"))
    #expect(path.depth == 0 && path.steps.allSatisfy { graph.holds($0.proof) })
    #expect(path.steps.first?.technique.id == "mount-node-by-volume")
  }
}

/// Claims of a namespace are there for all of its pods.
@Suite struct DataVolumeTests {
  private static func cluster(
    _ mode: String, in namespace: String = "shop", rule: String = "resources: [pods], verbs: [create]"
  )
    -> String
  {
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: shop}\nspec: {volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [\(mode)]}}], template: {spec: {automountServiceAccountToken: false, containers: [{name: c, image: 'postgres:17'}]}}}\n---\n"
      + RBACText.role("Role", "r-k", "[{apiGroups: [''], \(rule)}]", namespace: namespace)
      + RBACText.bind("r-k", to: "[{kind: User, name: kim}]", namespace: namespace)
  }

  @Test func whoStartsAPodBesideADatabaseHasItsData() throws {
    let graph = DepthClusters.graph(Self.cluster("ReadWriteOnce"))
    let path = try #require(DepthClusters.path(graph, from: "subject:user:kim", to: "pod:shop/db"))
    #expect(path.depth == 0 && path.steps.map(\.technique.id) == ["mount-data"])
    #expect(path.steps.allSatisfy { graph.holds($0.proof) })
  }

  @Test func othersHaveNot() {
    for yaml in [
      Self.cluster("ReadWriteOncePod"), Self.cluster("ReadWriteOnce", in: "bank"),
      Self.cluster("ReadWriteOnce", rule: "resources: [pods], verbs: [get]"),
    ] {
      let graph = DepthClusters.graph(yaml)
      let path = DepthClusters.path(graph, from: "subject:user:kim", to: "pod:shop/db")
      #expect(path.map { $0.steps.contains { $0.technique.id == "mount-data" } } != true)
    }
  }
}
