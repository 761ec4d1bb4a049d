import Depth
import Findings
import Kube
import TestKit
import Testing

/// Files of a node that are read: what they open depends on which node it is.
@Suite struct NodeKeyTests {
  static let nodes = """
    apiVersion: v1
    kind: Node
    metadata: {name: worker}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: control, labels: {node-role.kubernetes.io/control-plane: ""}}
    spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}
    ---

    """

  static func pod(_ path: String, _ fields: String = "", kind: String = "Pod") -> String {
    let spec =
      "{\(fields)automountServiceAccountToken: false, containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v, readOnly: true}]}], volumes: [{name: v, hostPath: {path: \(path)}}]}"
    return kind == "Pod"
      ? "apiVersion: v1\nkind: Pod\nmetadata: {name: reader, namespace: shop}\nspec: \(spec)\n---\n"
      : "apiVersion: apps/v1\nkind: \(kind)\nmetadata: {name: reader, namespace: shop}\nspec: {template: {spec: \(spec)}}\n---\n"
  }

  @Test(arguments: [
    "/etc/kubernetes", "/etc/kubernetes/admin.conf", "/etc", "/var/lib/etcd", "/var/lib", "/var", "/etc/rancher/k3s",
    "/var/lib/rancher",
  ]) func keysOfTheClusterLieOnTheControlPlane(_ path: String) throws {
    let there = DepthClusters.graph(Self.nodes + Self.pod(path, "nodeName: control, "))
    let answer = try #require(DepthClusters.answer(there, from: "pod:shop/reader", to: "cluster-admin"))
    #expect(answer.depth?.upper == 0 && answer.certain?.upper == 0)
    let steps = try #require(DepthClusters.path(there, from: "pod:shop/reader", to: "cluster-admin")).steps
    #expect(steps.map(\.technique.id) == ["read-control-plane-keys"] && steps.allSatisfy { there.holds($0.proof) })
    // A worker has none of them.
    let elsewhere = DepthClusters.graph(Self.nodes + Self.pod(path, "nodeName: worker, "))
    #expect(DepthClusters.answer(elsewhere, from: "pod:shop/reader", to: "cluster-admin")?.depth == nil)
    // Whether it is one of the control plane, nothing tells.
    let unknown = DepthClusters.graph(Self.pod(path, "nodeName: n, "))
    let doubtful = try #require(DepthClusters.answer(unknown, from: "pod:shop/reader", to: "cluster-admin"))
    #expect(doubtful.depth?.upper == 0 && doubtful.certain == nil)
  }

  /// A pod that is on no node yet comes to those that take it.
  @Test(
    arguments: [
      ("Pod", "", nil, nil), ("DaemonSet", "", nil, nil),
      ("DaemonSet", "tolerations: [{operator: Exists}], ", 0, 0),
      ("DaemonSet", "tolerations: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}], ", 0, 0),
      ("Deployment", "tolerations: [{operator: Exists}], ", 0, nil),
      ("DaemonSet", "nodeSelector: {disk: fast}, tolerations: [{operator: Exists}], ", nil, nil),
      (
        "DaemonSet",
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: node-role.kubernetes.io/control-plane, operator: DoesNotExist}]}]}}}, tolerations: [{operator: Exists}], ",
        nil, nil
      ),
    ] as [(String, String, Int?, Int?)])
  func placement(_ kind: String, _ fields: String, _ possible: Int?, _ certain: Int?) {
    let graph = DepthClusters.graph(Self.nodes + Self.pod("/etc/kubernetes", fields, kind: kind))
    let answer = DepthClusters.answer(graph, from: "pod:shop/reader", to: "cluster-admin")
    #expect(answer?.depth?.upper == possible && answer?.certain?.upper == certain)
  }

  @Test func aNodeOfAPodWithoutAPlaceMayBeAnyWorker() throws {
    let graph = DepthClusters.graph(
      Self.nodes
        + "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{name: c, image: i, securityContext: {privileged: true}}]}\n"
    )
    let answer = try #require(DepthClusters.answer(graph, from: "pod:shop/p", to: "node:worker"))
    #expect(answer.depth?.upper == 0 && answer.certain?.upper != 0)
    #expect(DepthClusters.answer(graph, from: "pod:shop/p", to: "node:control")?.depth == nil)
  }

  @Test func whatPeopleKeepInTheirHomesIsNotKnown() throws {
    for path in ["/root", "/root/.kube", "/home", "/home/kim"] {
      let graph = DepthClusters.graph(Self.nodes + Self.pod(path, "nodeName: worker, "))
      let answer = try #require(DepthClusters.answer(graph, from: "pod:shop/reader", to: "cluster-admin"))
      #expect(answer.depth?.upper == 0 && answer.certain == nil)
    }
    let kubelet = DepthClusters.graph(Self.nodes + Self.pod("/var/lib/kubelet", "nodeName: worker, "))
    #expect(DepthClusters.answer(kubelet, from: "pod:shop/reader", to: "cluster-admin")?.depth == nil)
  }
}
