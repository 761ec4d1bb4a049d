package import Bytes

/// Kinds that are not Kubernetes' own, and what of their objects comes to be.
package enum CustomKinds {
  private static let builtIn = Set(APIResource.builtIn.map(\.groupKind))

  /// Whether a server of Kubernetes offers the kind as it comes, or did so once.
  package static func isBuiltIn(_ kind: GroupKind) -> Bool {
    builtIn.contains(kind) || kind.group == "extensions" || former.contains(kind)
  }

  private static let former: Set<GroupKind> = [
    GroupKind("policy", "PodSecurityPolicy"), GroupKind("batch", "CronJob"),
    GroupKind("apiregistration.k8s.io", "APIService"),
  ]

  /// Whether an object of the kind that names no namespace lands in one: not where the kind is known to stand beside them.
  ///
  /// - Parameter snapshot: holds the definitions of custom resources, if anything does.
  package static func mayBeNamespaced(_ kind: GroupKind, in snapshot: ClusterSnapshot) -> Bool {
    if beside.contains(kind) || kind.group.hasSuffix("projectcalico.org") && besideOfCalico.contains(kind.kind) {
      return false
    }
    let definitions = snapshot.objects(GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"))
    return !definitions.contains {
      let spec = $0.spec
      return spec?["group"]?.text == kind.group && spec?[path: "names", "kind"]?.text == kind.kind
        && spec?["scope"]?.text == "Cluster"
    }
  }

  /// Kubernetes' own kinds beside namespaces, and those of what is often installed with it.
  private static let beside: Set<GroupKind> = {
    let own = APIResource.builtIn.filter { !$0.isNamespaced && $0.subresource.isEmpty }.map(\.groupKind)
    let others = [
      ("cilium.io", "CiliumClusterwideNetworkPolicy"), ("cilium.io", "CiliumClusterwideEnvoyConfig"),
      ("cilium.io", "CiliumCIDRGroup"), ("cilium.io", "CiliumNode"), ("cilium.io", "CiliumIdentity"),
      ("policy.networking.k8s.io", "AdminNetworkPolicy"),
      ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
      ("policy.networking.k8s.io", "ClusterNetworkPolicy"), ("gateway.networking.k8s.io", "GatewayClass"),
      ("cert-manager.io", "ClusterIssuer"), ("kyverno.io", "ClusterPolicy"),
      ("external-secrets.io", "ClusterSecretStore"), ("external-secrets.io", "ClusterExternalSecret"),
      ("apiregistration.k8s.io", "APIService"), ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ]
    return Set(own + others.map { GroupKind($0.0, $0.1) })
  }()

  private static let besideOfCalico: Set<String> = [
    "GlobalNetworkPolicy", "GlobalNetworkSet", "StagedGlobalNetworkPolicy", "Tier", "HostEndpoint",
    "FelixConfiguration", "BGPConfiguration", "BGPPeer", "IPPool", "IPReservation", "KubeControllersConfiguration",
    "ClusterInformation",
  ]

  /// Groups whose objects say what others may be: a pod in them is a pattern, and none that anybody starts.
  private static let policies: Set<String> = [
    "kyverno.io", "policies.kyverno.io", "constraints.gatekeeper.sh", "templates.gatekeeper.sh",
    "mutations.gatekeeper.sh", "expansion.gatekeeper.sh", "config.gatekeeper.sh", "policies.kubewarden.io",
    "security.openshift.io", "nirmata.io", "cli.kyverno.io", "jspolicy.com", "neuvector.com", "bartizan.dev",
    "wgpolicyk8s.io", "reports.kyverno.io", "openreports.io", "aquasecurity.github.io",
  ]

  package static func isPolicy(_ kind: GroupKind) -> Bool { policies.contains(kind.group) }

  /// The parts of an object that describe what will be in the cluster, each with its path: the whole of it, and of a policy
  /// what its rules create.
  ///
  /// Source: kyverno.io, "Generate Rules": `spec.rules[].generate.data`, or `.foreach[].data`.
  package static func contents(of object: KubeObject) -> [(node: DocumentNode, path: String)] {
    guard isPolicy(object.groupKind) else { return [(object.root, "")] }
    var found: [(node: DocumentNode, path: String)] = []
    for (index, rule) in (object.spec?["rules"]?.elements ?? []).enumerated() {
      guard let generate = rule["generate"] else { continue }
      let path = "spec.rules[\(index)].generate"
      if let data = generate["data"] { found.append((data, path + ".data")) }
      for (number, each) in (generate["foreach"]?.elements ?? []).enumerated() {
        if let data = each["data"] { found.append((data, "\(path).foreach[\(number)].data")) }
      }
    }
    return found
  }
}
