import Bytes
import Findings
import Kube

/// Policies that are known to restrict traffic and are not evaluated: what depends on them is unknown. So are objects whose
/// kind or version is none that a server has, and that are meant as policies by their name: one letter away from a kind
/// that closes a namespace, they would pass for its absence.
enum ForeignPolicies: PolicyDialect {
  /// What policies of a kind are, as far as it matters for what they may change.
  private struct Trait: Sendable {
    let group: String
    let kinds: [String]
    /// The plugin that acts by them; nil for proxies and agents of their own.
    let plugin: NetworkPlugin?
    /// Whether they may also allow what others deny.
    let mayAllow: Bool
    /// Whether they are for the pods of their namespace.
    let isNamespaced: Bool
    let directions: [TrafficDirection]
    /// Whether they are for addresses outside the cluster alone.
    var isExternalOnly = false
  }

  private static let traits = [
    Trait(
      group: "crd.antrea.io", kinds: ["ClusterNetworkPolicy"], plugin: .antrea, mayAllow: true, isNamespaced: false,
      directions: TrafficDirection.allCases),
    Trait(
      group: "crd.antrea.io", kinds: ["NetworkPolicy"], plugin: .antrea, mayAllow: true, isNamespaced: true,
      directions: TrafficDirection.allCases),
    Trait(
      group: "networking.k8s.aws", kinds: ["ClusterNetworkPolicy"], plugin: .aws, mayAllow: true, isNamespaced: false,
      directions: TrafficDirection.allCases),
    Trait(
      group: "networking.k8s.aws", kinds: ["ApplicationNetworkPolicy"], plugin: .aws, mayAllow: false,
      isNamespaced: true, directions: [.egress]),
    Trait(
      group: "k8s.ovn.org", kinds: ["EgressFirewall"], plugin: .ovn, mayAllow: false, isNamespaced: true,
      directions: [.egress], isExternalOnly: true),
    Trait(
      group: "network.openshift.io", kinds: ["EgressNetworkPolicy"], plugin: nil, mayAllow: false, isNamespaced: true,
      directions: [.egress], isExternalOnly: true),
    Trait(
      group: "k8s.cni.cncf.io", kinds: ["MultiNetworkPolicy"], plugin: nil, mayAllow: false, isNamespaced: true,
      directions: TrafficDirection.allCases),
    Trait(
      group: "policy.linkerd.io", kinds: ["Server", "AuthorizationPolicy", "ServerAuthorization"], plugin: nil,
      mayAllow: false, isNamespaced: true, directions: [.ingress]),
    Trait(
      group: "kuma.io", kinds: ["MeshTrafficPermission", "TrafficPermission"], plugin: nil, mayAllow: false,
      isNamespaced: false, directions: [.ingress]),
    Trait(
      group: "consul.hashicorp.com", kinds: ["ServiceIntentions"], plugin: nil, mayAllow: false, isNamespaced: false,
      directions: [.ingress]),
    Trait(
      group: "kubeovn.io", kinds: ["SecurityGroup"], plugin: nil, mayAllow: false, isNamespaced: false,
      directions: TrafficDirection.allCases),
    Trait(
      group: "vpcresources.k8s.aws", kinds: ["SecurityGroupPolicy"], plugin: nil, mayAllow: false, isNamespaced: true,
      directions: TrafficDirection.allCases),
    Trait(
      group: "networking.gke.io", kinds: ["FQDNNetworkPolicy"], plugin: nil, mayAllow: true, isNamespaced: true,
      directions: [.egress], isExternalOnly: true),
    Trait(
      group: "crd.nsx.vmware.com", kinds: ["SecurityPolicy"], plugin: nil, mayAllow: true, isNamespaced: true,
      directions: TrafficDirection.allCases),
    Trait(
      group: "nsx.vmware.com", kinds: ["SecurityPolicy"], plugin: nil, mayAllow: true, isNamespaced: true,
      directions: TrafficDirection.allCases),
    Trait(
      group: "access.smi-spec.io", kinds: ["TrafficTarget"], plugin: nil, mayAllow: false, isNamespaced: true,
      directions: [.ingress]),
    Trait(
      group: "network.alibabacloud.com", kinds: ["GlobalNetworkPolicy"], plugin: nil, mayAllow: true,
      isNamespaced: false, directions: TrafficDirection.allCases),
  ]

  static let policyKinds = traits.flatMap { trait in trait.kinds.map { GroupKind(trait.group, $0) } }

  static let vocabulary = PolicyVocabulary([:])

  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement {
    guard let own = trait(kind)?.plugin else { return .enforced }
    return plugin.isSame(as: own) ? .enforced : .notEnforced
  }

  private static func trait(_ kind: GroupKind) -> Trait? {
    traits.first { $0.group == kind.group && $0.kinds.contains(kind.kind) }
  }

  /// Kinds of them in the input: what they say is missing in an answer about all connections.
  static func notEvaluated(in snapshot: ClusterSnapshot) -> [NotSeen] {
    let known = policyKinds.filter { !snapshot.objects($0).isEmpty }.sorted().map {
      NotSeen($0, reason: "policies of this kind are not evaluated; what they may restrict is not known")
    }
    var seen = Set<NotSeen>()
    return known
      + strays(in: snapshot).map { NotSeen($0.object.groupKind, reason: "\($0.object.location.text): \($0.reason)") }
      .filter { seen.insert($0).inserted }
  }

  /// Before everything else, since nothing is known of their order.
  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    var policies: [PolicyProgram.Policy] = []
    for object in policyKinds.flatMap(compiler.cluster.snapshot.objects) {
      guard let trait = trait(object.groupKind) else { continue }
      compiler.report(
        object, object.root,
        "policies of \(object.groupKind.text) are not evaluated; what they may restrict is unknown",
        code: .notEvaluated, hides: false)
      policies.append(
        policy(object, trait, "what \(object.kind) \(object.name) says, which is not evaluated", compiler))
    }
    for stray in strays(in: compiler.cluster.snapshot) {
      compiler.report(stray.object, stray.object.root, stray.reason, code: .notEvaluated)
      let trait = Trait(
        group: stray.object.groupKind.group, kinds: [], plugin: nil, mayAllow: true,
        isNamespaced: stray.object.namespace != nil || !stray.isForCluster, directions: TrafficDirection.allCases)
      policies.append(
        policy(
          stray.object, trait, "what is meant by \(stray.object.kind) \(stray.object.name): \(stray.reason)", compiler))
    }
    return [.init(.init(order: -.infinity, name: "0 not evaluated"), policies)]
  }

  private static func policy(_ object: KubeObject, _ trait: Trait, _ lacking: String, _ compiler: PolicyCompiler)
    -> PolicyProgram.Policy
  {
    var uncertain = PolicyProgram.Peers(compiler.none)
    uncertain.add(
      uncertain: trait.isExternalOnly ? compiler.external : compiler.everything, .other(lacking))
    func rules(_ direction: TrafficDirection) -> [PolicyProgram.Rule]? {
      guard trait.directions.contains(direction) else { return nil }
      // The first of them that matches decides: to deny as much as possible, or to allow as much.
      return (trait.mayAllow ? [.deny, .allow] : [.deny]).map { action in
        PolicyProgram.Rule(action: action, peers: uncertain, ports: .all, path: "", node: object.root)
      }
    }
    return PolicyProgram.Policy(
      object: object,
      subjects: trait.isNamespaced ? compiler.namespace(object.effectiveNamespace) : compiler.selectable,
      ingress: rules(.ingress), egress: rules(.egress), isolates: false)
  }

  /// Whether what an object says is evaluated, by a dialect that knows its kind.
  static func isEvaluated(_ object: KubeObject) -> Bool {
    PolicyDialects.policyKinds.contains(object.groupKind) && !policyKinds.contains(object.groupKind)
      && isServed(object)
  }

  // MARK: Kinds and versions that nobody has

  /// Versions in which the API of a group has its policies, of those where a wrong one is known to be none. Old ones that
  /// servers gave up are among them, since old clusters have them.
  private static let versions: [String: Set<String>] = [
    "networking.k8s.io": ["v1"], "extensions": ["v1beta1"], "cilium.io": ["v2", "v2alpha1"],
    "projectcalico.org": ["v3"], "crd.projectcalico.org": ["v1"],
    "policy.networking.k8s.io": ["v1alpha1", "v1alpha2", "v1beta1", "v1"],
    "security.istio.io": ["v1", "v1beta1", "v1alpha1"], "networking.istio.io": ["v1", "v1beta1", "v1alpha3"],
  ]

  /// Whether some server knows a policy by its version. Other objects are.
  static func isServed(_ object: KubeObject) -> Bool {
    guard PolicyDialects.policyKinds.contains(object.groupKind) else { return true }
    return versions[object.groupKind.group]?.contains(object.version) ?? true
  }

  private struct Stray {
    let object: KubeObject
    let reason: String
    let isForCluster: Bool
  }

  /// Kinds of the groups of policies that are none, whatever their names are like.
  private static let others: Set<String> = [
    // Calico's own other kinds.
    "StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy", "PolicyRecommendationScope",
  ]

  private static func strays(in snapshot: ClusterSnapshot) -> [Stray] {
    let known = PolicyDialects.policyKinds
    return generators(in: snapshot)
      + snapshot.kinds.flatMap { kind -> [Stray] in
        if known.contains(kind) {
          return snapshot.objects(kind).filter { !isServed($0) }.map { object in
            Stray(
              object: object,
              reason:
                "no server has \(object.kind) in \(kind.group)/\(object.version), so it would be refused",
              isForCluster: isForCluster(kind.kind))
          }
        }
        guard let like = meant(by: kind, known) else { return [] }
        return snapshot.objects(kind).map { object in
          let guess = like == kind ? "" : ", did you mean \(like.kind)?"
          return Stray(
            object: object, reason: "\(kind.text) is no kind of policy that is known\(guess)",
            isForCluster: isForCluster(kind.kind))
        }
      }
  }

  private static let generators = [
    GroupKind("kyverno.io", "ClusterPolicy"), GroupKind("kyverno.io", "Policy"),
  ]

  /// Objects by which a controller makes policies of the network, which manifests do not hold.
  ///
  /// Source: kyverno.io, "Generate Rules".
  private static func generators(in snapshot: ClusterSnapshot) -> [Stray] {
    // What a server hands out holds what was made.
    guard snapshot.serverMinor == nil else { return [] }
    let kinds = Set(PolicyDialects.policyKinds.map(\.kind))
    return generators.flatMap(snapshot.objects).compactMap { object in
      let made = (object.spec?["rules"]?.elements ?? []).compactMap { $0[path: "generate", "kind"]?.text }
        .first(where: kinds.contains)
      return made.map {
        Stray(
          object: object, reason: "it makes \($0) objects, which the input does not hold",
          isForCluster: object.kind == "ClusterPolicy")
      }
    }
  }

  private static func isForCluster(_ kind: String) -> Bool {
    ["Global", "Cluster", "Admin", "Baseline"].contains { kind.hasPrefix($0) || kind.contains($0) }
  }

  /// The kind that a misspelt one is much like; for a group of its own, a kind whose name says that it is a policy of a
  /// network.
  private static func meant(by kind: GroupKind, _ known: [GroupKind]) -> GroupKind? {
    if others.contains(kind.kind) || PolicyDialects.kinds.contains(kind) { return nil }
    let own = known.filter { $0.group == kind.group }
    let near = own.map { (kind: $0, distance: NearestName.distance($0.kind, kind.kind)) }
      .min { $0.distance < $1.distance }
    // A plural is three letters away: "Policies" for "Policy".
    if let near, near.distance <= 3, near.distance * 3 < near.kind.kind.utf8.count { return near.kind }
    let lower = kind.kind.lowercased()
    guard lower.contains("networkpolic") || lower.hasSuffix("firewall") || lower.contains("firewallrule") else {
      return nil
    }
    // Reports, templates and requests about policies are none.
    return ["report", "template", "recommendation", "staged"].contains(where: lower.contains) ? nil : kind
  }
}
