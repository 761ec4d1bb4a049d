package import Kube

/// What enforces network policies in a cluster, as the objects that it installs tell.
package struct NetworkPlugin: Sendable, Equatable {
  package let name: String
  package let title: String
  let enforcesNetworkPolicies: Bool
  let enforcesAdminNetworkPolicies: Bool
  /// The profile that behaves like it.
  let profileName: String

  /// Labels (`key=value`) of its pods, in any namespace.
  private let labels: [String]
  /// Names of its DaemonSets, where labels differ between versions.
  private let daemons: [String]

  private init(
    _ name: String, title: String, enforcesNetworkPolicies: Bool = true, enforcesAdminNetworkPolicies: Bool = false,
    profileName: String = "spec", labels: [String], daemons: [String]
  ) {
    self.name = name
    self.title = title
    self.enforcesNetworkPolicies = enforcesNetworkPolicies
    self.enforcesAdminNetworkPolicies = enforcesAdminNetworkPolicies
    self.profileName = profileName
    self.labels = labels
    self.daemons = daemons
  }

  /// Source: the projects' own manifests, and the implementations listed by sigs.k8s.io/network-policy-api.
  package static let all: [NetworkPlugin] = [
    .init(
      "calico", title: "Calico", enforcesAdminNetworkPolicies: true, profileName: "calico",
      labels: ["k8s-app=calico-node"], daemons: ["calico-node", "canal"]),
    .init("cilium", title: "Cilium", profileName: "cilium", labels: ["k8s-app=cilium"], daemons: ["cilium"]),
    .init("weave", title: "Weave Net", profileName: "weave", labels: ["name=weave-net"], daemons: ["weave-net"]),
    .init(
      "antrea", title: "Antrea", enforcesAdminNetworkPolicies: true, labels: ["component=antrea-agent"],
      daemons: ["antrea-agent"]),
    .init(
      "ovn-kubernetes", title: "OVN-Kubernetes", enforcesAdminNetworkPolicies: true, labels: ["app=ovnkube-node"],
      daemons: ["ovnkube-node"]),
    .init("kube-router", title: "kube-router", labels: ["k8s-app=kube-router"], daemons: ["kube-router"]),
    .init("azure-npm", title: "Azure NPM", labels: ["k8s-app=azure-npm"], daemons: ["azure-npm"]),
    .init("aws-vpc", title: "the VPC CNI", labels: ["k8s-app=aws-node"], daemons: ["aws-node"]),
    .init(
      "kindnet", title: "kindnet", enforcesAdminNetworkPolicies: true, labels: ["k8s-app=kindnet"],
      daemons: ["kindnet"]),
    .init(
      "flannel", title: "flannel", enforcesNetworkPolicies: false, labels: ["app=flannel", "k8s-app=flannel"],
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
