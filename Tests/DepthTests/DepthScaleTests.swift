import Bytes
import Depth
import Kube
import TestKit
import Testing

/// The graph grows with what is in a cluster, and not with pairs of it.
struct DepthScaleTests {
  /// A cluster of `size` thousandths of the large one: 10,000 pods, 5,000 accounts, 2,000 bindings and 5,000 policies.
  static func cluster(_ size: Int) -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    func add(_ text: String) {
      ManifestReader.read(Array(text.utf8), file: "large.yaml", into: &builder, limits: .standard)
    }
    let namespaces = max(2, size / 10)
    for index in 0..<namespaces {
      add(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: n\(index), labels: {kubernetes.io/metadata.name: n\(index)}}\n"
      )
    }
    for index in 0..<(size * 10) {
      let namespace = "n\(index % namespaces)"
      add(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p\(index), namespace: \(namespace), labels: {app: a\(index / 2), tier: t\(index % 3)}}\nspec: {serviceAccountName: s\(index / 2 % max(1, size * 5)), nodeName: w\(index % 50), containers: [{name: c, image: i\(index % 7), ports: [{containerPort: 80}]\(index % 97 == 0 ? ", securityContext: {privileged: true}" : "")}]}\n"
      )
    }
    for index in 0..<(size * 5) {
      let namespace = "n\(index % namespaces)"
      add("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s\(index), namespace: \(namespace)}\n")
      add(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: q\(index), namespace: \(namespace)}\nspec: {podSelector: {matchLabels: {app: a\(index)}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {tier: t1}}}], ports: [{port: 80}]}]}\n"
      )
    }
    let rules = [
      "pods/exec, verbs: [create]", "secrets, verbs: [get]", "pods, verbs: [create]", "configmaps, verbs: [get]",
    ]
    for (index, rule) in rules.enumerated() {
      let parts = rule.split(separator: ",", maxSplits: 1)
      add(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r\(index)}\nrules: [{apiGroups: [''], resources: [\(parts[0])],\(parts[1])}]\n"
      )
    }
    for index in 0..<(size * 2) {
      let namespace = "n\(index % namespaces)"
      add(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b\(index), namespace: \(namespace)}\nroleRef: {kind: ClusterRole, name: r\(index % 4)}\nsubjects: [{kind: ServiceAccount, name: s\(index), namespace: \(namespace)}]\n"
      )
    }
    add(
      "apiVersion: v1\nkind: Service\nmetadata: {name: front, namespace: n0}\nspec: {type: LoadBalancer, selector: {tier: t0}, ports: [{port: 80}]}\n"
    )
    return builder.build()
  }

  @Test func stepsGrowWithTheCluster() {
    let small = DepthClusters.graph(Self.cluster(10)).arcs.count
    let large = DepthClusters.graph(Self.cluster(20)).arcs.count
    #expect(large < small * 5 / 2, "\(small) steps, then \(large)")
  }
}
