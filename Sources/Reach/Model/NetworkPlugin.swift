import Bytes
package import Kube

/// What enforces network policies in a cluster, as the objects that it installs tell.
package struct NetworkPlugin: Sendable, Equatable {
  /// A release, by its first two numbers.
  package struct Version: Sendable, Hashable, Comparable {
    package let major: Int
    package let minor: Int

    package init(_ major: Int, _ minor: Int) {
      self.major = major
      self.minor = minor
    }

    /// Of the tag of an image, such as `v1.20.1`.
    ///
    /// - Returns: nil for what is no version, such as `latest`.
    init?(tag: some StringProtocol) {
      let digits = tag.hasPrefix("v") ? tag.dropFirst() : tag[...]
      let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count >= 2, let major = Int(parts[0]),
        let minor = Int(parts[1].prefix { $0.isASCII && $0.isNumber }), major >= 0
      else { return nil }
      self.init(major, minor)
    }

    package static func < (a: Version, b: Version) -> Bool { (a.major, a.minor) < (b.major, b.minor) }

    package var text: String { "\(major).\(minor)" }
  }

  package let name: String
  package let title: String
  /// The profile that behaves like it.
  let profileName: String
  /// Of its agent, where the input shows it.
  package internal(set) var version: Version?
  /// How it is configured; nil where the input does not show it.
  package internal(set) var settings: [String: String]?

  /// Labels (`key=value`) of its pods, in any namespace.
  private let labels: [String]
  /// Names of its DaemonSets, where labels differ between versions.
  private let daemons: [String]
  /// The ConfigMap with its settings; nil where they are arguments of its agent.
  private let configuration: String?

  private init(
    _ name: String, title: String, profileName: String = "spec", labels: [String], daemons: [String],
    configuration: String? = nil
  ) {
    self.name = name
    self.title = title
    self.profileName = profileName
    self.labels = labels
    self.daemons = daemons
    self.configuration = configuration
  }

  package static let calico = NetworkPlugin(
    "calico", title: "Calico", profileName: "calico", labels: ["k8s-app=calico-node"],
    daemons: ["calico-node", "canal"])
  package static let cilium = NetworkPlugin(
    "cilium", title: "Cilium", profileName: "cilium", labels: ["k8s-app=cilium"], daemons: ["cilium"],
    configuration: "cilium-config")
  package static let weave = NetworkPlugin(
    "weave", title: "Weave Net", profileName: "weave", labels: ["name=weave-net"], daemons: ["weave-net"])
  package static let antrea = NetworkPlugin(
    "antrea", title: "Antrea", labels: ["component=antrea-agent"], daemons: ["antrea-agent"],
    configuration: "antrea-config")
  package static let ovn = NetworkPlugin(
    "ovn-kubernetes", title: "OVN-Kubernetes", labels: ["app=ovnkube-node"], daemons: ["ovnkube-node"])
  package static let kubeRouter = NetworkPlugin(
    "kube-router", title: "kube-router", labels: ["k8s-app=kube-router"], daemons: ["kube-router"])
  package static let azure = NetworkPlugin(
    "azure-npm", title: "Azure NPM", labels: ["k8s-app=azure-npm"], daemons: ["azure-npm"])
  package static let aws = NetworkPlugin(
    "aws-vpc", title: "the VPC CNI", labels: ["k8s-app=aws-node"], daemons: ["aws-node"])
  package static let kindnet = NetworkPlugin(
    "kindnet", title: "kindnet", labels: ["k8s-app=kindnet"], daemons: ["kindnet"])
  package static let flannel = NetworkPlugin(
    "flannel", title: "flannel", labels: ["app=flannel", "k8s-app=flannel"], daemons: ["kube-flannel-ds"])

  /// Source: the projects' own manifests, and the implementations listed by sigs.k8s.io/network-policy-api.
  package static let all = [
    calico, cilium, weave, antrea, ovn, kubeRouter, azure, aws, kindnet, flannel,
  ]

  /// Whether it is the same plugin, in whichever version.
  package func isSame(as other: NetworkPlugin) -> Bool { name == other.name }

  /// The plugin whose pods the snapshot holds; where several are chained, one that enforces policies.
  package static func detect(_ snapshot: ClusterSnapshot) -> NetworkPlugin? {
    var found: [String: NetworkPlugin] = [:]
    // Pods by themselves, as dumps have them, are looked at where plugins live.
    let homes = ["kube-", "calico", "tigera", "cilium", "weave", "antrea", "ovn", "openshift-ovn"]
    for workload in snapshot.workloads
    where workload.object.kind == "DaemonSet"
      || workload.object.groupKind == .pod
        && homes.contains(where: workload.object.effectiveNamespace.hasPrefix)
    {
      for plugin in all where found[plugin.name] == nil {
        let byName = workload.object.kind == "DaemonSet" && plugin.daemons.contains(workload.object.name)
        let labels = workload.template.labels
        let byLabel = plugin.labels.contains { pair in
          let parts = pair.split(separator: "=", maxSplits: 1)
          return labels[String(parts[0])] == String(parts[1])
        }
        if byName || byLabel { found[plugin.name] = plugin.described(by: workload, snapshot) }
      }
    }
    return all.lazy.compactMap { found[$0.name] }.first
  }

  /// With its version and settings, as far as its pods and configuration show them.
  private func described(by workload: Workload, _ snapshot: ClusterSnapshot) -> NetworkPlugin {
    var plugin = self
    let own = workload.containers.filter { $0.role == .regular }
    plugin.version =
      own.lazy.compactMap { container -> Version? in
        guard let image = container.image else { return nil }
        let path = image.prefix { $0 != "@" }
        guard let colon = path.lastIndex(of: ":"), !path[colon...].contains("/") else { return nil }
        return Version(tag: path[path.index(after: colon)...])
      }.first
    if isSame(as: .calico), plugin.version == nil {
      plugin.version =
        CalicoPolicy.all("ClusterInformation").flatMap(snapshot.objects).lazy
        .compactMap { $0.spec?["calicoVersion"]?.string.flatMap { Version(tag: $0) } }.first
    }
    var settings: [String: String] = [:]
    for argument in own.flatMap({ ($0.node["args"]?.elements ?? []) + ($0.node["command"]?.elements ?? []) }) {
      let parts = (argument.text ?? "").split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0].hasPrefix("--") { settings[String(parts[0].dropFirst(2))] = String(parts[1]) }
    }
    guard let configuration else {
      plugin.settings = settings
      return plugin
    }
    for map in snapshot.objects(.configMap) where map.name == configuration {
      for entry in map.root["data"]?.entries ?? [] {
        guard let text = entry.value.text else { continue }
        settings[entry.key] = text
        // Files of settings, a line each; what is commented out is a default.
        for line in text.split(whereSeparator: \.isNewline) where text.contains("\n") {
          let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
          if parts.count == 2, parts[0].first != "#" { settings[String(parts[0])] = String(parts[1]) }
        }
      }
      plugin.settings = settings
    }
    return plugin
  }
}

/// Whether somebody acts by policies of a kind.
package enum Enforcement: Sendable, Hashable {
  case enforced
  case notEnforced
  /// It depends on what the input does not show.
  case unknown(MissingFact)

  /// Of what came with one version and went with another.
  ///
  /// - Parameter range: versions that enforce it.
  static func since(_ first: NetworkPlugin.Version, before end: NetworkPlugin.Version? = nil, _ plugin: NetworkPlugin)
    -> Enforcement
  {
    guard let version = plugin.version else {
      return .unknown(.enforcement(plugin: plugin.title, setting: "its version"))
    }
    return version >= first && (end.map { version < $0 } ?? true) ? .enforced : .notEnforced
  }

  /// Of what a setting switches on.
  ///
  /// - Parameter isOn: the default where the settings are known and do not mention it.
  static func setting(_ name: String, isOn: Bool = false, _ plugin: NetworkPlugin) -> Enforcement {
    guard let settings = plugin.settings else {
      return .unknown(.enforcement(plugin: plugin.title, setting: "its setting \(name)"))
    }
    return settings[name].map { $0.lowercased() == "true" } ?? isOn ? .enforced : .notEnforced
  }

  /// What needs both; a certain no of either decides.
  func and(_ other: @autoclosure () -> Enforcement) -> Enforcement {
    switch self {
    case .notEnforced: return .notEnforced
    case .enforced: return other()
    case .unknown: return other() == .notEnforced ? .notEnforced : self
    }
  }
}

extension NetworkPlugin {
  /// Whether it acts by the NetworkPolicies of Kubernetes itself.
  package var onNetworkPolicies: Enforcement {
    KubernetesNetworkPolicy.enforcement(of: GroupKind("networking.k8s.io", "NetworkPolicy"), by: self)
  }
}

extension ReachProfile {
  /// The behaviour of the plugin that the snapshot shows; of the API's text where it shows none.
  package static func fitting(_ snapshot: ClusterSnapshot) -> ReachProfile { of(NetworkPlugin.detect(snapshot)) }

  package static func of(_ plugin: NetworkPlugin?) -> ReachProfile {
    guard let plugin else {
      var profile = spec
      profile.ipBlockOnPodsIsOpen = true
      return profile
    }
    var profile = all.first { $0.name == plugin.profileName } ?? spec
    // Whatever filters packets by their addresses asks nobody whose they are.
    if plugin.profileName == spec.name { profile.ipBlockMatchesPods = true }
    profile.plugin = plugin
    return profile
  }
}
