package import Kube

/// What enforces network policies in a cluster, as the objects that it installs tell.
package struct NetworkPlugin: Sendable, Equatable {
  package let name: String
  package let title: String
  /// Groups of policies that it enforces.
  let groups: Set<String>
  /// The profile that behaves like it.
  let profileName: String

  /// Labels (`key=value`) of its pods, in any namespace.
  private let labels: [String]
  /// Names of its DaemonSets, where labels differ between versions.
  private let daemons: [String]

  private static let plain: Set<String> = ["networking.k8s.io", "extensions"]
  private static let admin: Set<String> = ["policy.networking.k8s.io"]

  /// Source: the projects' own manifests, and the implementations listed by sigs.k8s.io/network-policy-api.
  package static let all: [NetworkPlugin] = [
    .init(
      name: "calico", title: "Calico",
      groups: plain.union(admin).union(["projectcalico.org", "crd.projectcalico.org"]),
      profileName: "calico", labels: ["k8s-app=calico-node"], daemons: ["calico-node", "canal"]),
    .init(
      name: "cilium", title: "Cilium", groups: plain.union(["cilium.io"]), profileName: "cilium",
      labels: ["k8s-app=cilium"], daemons: ["cilium"]),
    .init(
      name: "weave", title: "Weave Net", groups: plain, profileName: "weave", labels: ["name=weave-net"],
      daemons: ["weave-net"]),
    .init(
      name: "antrea", title: "Antrea", groups: plain.union(admin), profileName: "spec",
      labels: ["component=antrea-agent"], daemons: ["antrea-agent"]),
    .init(
      name: "ovn-kubernetes", title: "OVN-Kubernetes", groups: plain.union(admin), profileName: "spec",
      labels: ["app=ovnkube-node"], daemons: ["ovnkube-node"]),
    .init(
      name: "kube-router", title: "kube-router", groups: plain, profileName: "spec", labels: ["k8s-app=kube-router"],
      daemons: ["kube-router"]),
    .init(
      name: "azure-npm", title: "Azure NPM", groups: plain, profileName: "spec", labels: ["k8s-app=azure-npm"],
      daemons: ["azure-npm"]),
    .init(
      name: "aws-vpc", title: "the VPC CNI", groups: plain, profileName: "spec", labels: ["k8s-app=aws-node"],
      daemons: ["aws-node"]),
    .init(
      name: "kindnet", title: "kindnet", groups: plain.union(admin), profileName: "spec", labels: ["k8s-app=kindnet"],
      daemons: ["kindnet"]),
    .init(
      name: "flannel", title: "flannel", groups: [], profileName: "spec", labels: ["app=flannel", "k8s-app=flannel"],
      daemons: ["kube-flannel-ds"]),
  ]

  /// The plugin whose pods the snapshot holds; where several are chained, one that enforces policies.
  package static func detect(_ snapshot: ClusterSnapshot) -> NetworkPlugin? {
    var found: [NetworkPlugin] = []
    // Pods by themselves, as dumps have them, are looked at where plugins live.
    let homes = ["kube-", "calico", "tigera", "cilium", "weave", "antrea", "ovn", "openshift-ovn"]
    for workload in snapshot.workloads
    where workload.object.kind == "DaemonSet"
      || workload.object.groupKind == .pod
        && homes.contains(where: workload.object.effectiveNamespace.hasPrefix)
    {
      for plugin in all where !found.contains(plugin) {
        let byName = workload.object.kind == "DaemonSet" && plugin.daemons.contains(workload.object.name)
        let labels = workload.template.labels
        let byLabel = plugin.labels.contains { pair in
          let parts = pair.split(separator: "=", maxSplits: 1)
          return labels[String(parts[0])] == String(parts[1])
        }
        if byName || byLabel { found.append(plugin) }
      }
    }
    return all.first { found.contains($0) }
  }

  /// Whether anything of the cluster acts by policies of a group; Istio's are acted by its proxies.
  func enforces(_ kind: GroupKind) -> Bool { groups.contains(kind.group) || kind.group.hasSuffix("istio.io") }
}

extension ReachProfile {
  /// The behaviour of the plugin that the snapshot shows; of the API's text where it shows none.
  package static func fitting(_ snapshot: ClusterSnapshot) -> ReachProfile { of(NetworkPlugin.detect(snapshot)) }

  package static func of(_ plugin: NetworkPlugin?) -> ReachProfile {
    guard let plugin else { return .spec }
    var profile = all.first { $0.name == plugin.profileName } ?? .spec
    profile.plugin = plugin
    return profile
  }
}
