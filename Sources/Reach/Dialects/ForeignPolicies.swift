import Bytes
import Kube

/// Policies that are known to restrict traffic and are not evaluated: what depends on them is unknown.
enum ForeignPolicies: PolicyDialect {
  /// What policies of a kind are, as far as it matters for what they may change.
  private struct Trait {
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
    policyKinds.filter { !snapshot.objects($0).isEmpty }.sorted().map {
      NotSeen($0, reason: "policies of this kind are not evaluated; what they may restrict is not known")
    }
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
      var uncertain = PolicyProgram.Peers(compiler.none)
      uncertain.add(
        uncertain: trait.isExternalOnly ? compiler.external : compiler.everything,
        .other("what \(object.kind) \(object.name) says, which is not evaluated"))
      func rules(_ direction: TrafficDirection) -> [PolicyProgram.Rule]? {
        guard trait.directions.contains(direction) else { return nil }
        // The first of them that matches decides: to deny as much as possible, or to allow as much.
        return (trait.mayAllow ? [.deny, .allow] : [.deny]).map { action in
          PolicyProgram.Rule(action: action, peers: uncertain, ports: .all, path: "", node: object.root)
        }
      }
      policies.append(
        PolicyProgram.Policy(
          object: object,
          subjects: trait.isNamespaced ? compiler.namespace(object.effectiveNamespace) : compiler.selectable,
          ingress: rules(.ingress), egress: rules(.egress), isolates: false))
    }
    return [.init(.init(order: -.infinity, name: "0 not evaluated"), policies)]
  }
}
