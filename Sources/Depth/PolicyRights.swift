import Access
import Findings
import Kube

/// Rights by which somebody does away with the policies that guard the pods of a namespace: what they enforce falls with no further
/// control.
struct PolicyRights {
  /// Who enforces what is lost.
  enum Layer: Sendable, Hashable, CaseIterable {
    case network
    case mesh
  }

  enum Verdict: Comparable {
    case no
    /// Some of the policies; whether others still stand in the way is not looked at.
    case possible
    case certain
  }

  /// A kind of policy.
  private struct Line {
    let layer: Layer
    let group: String
    let resource: String
    let kind: String
    var isOfCluster = false
    /// Whether one more of them can let in what others keep out.
    var isAdditive = true
  }

  /// A new kind is a line here, and one of `AccessCapability.networkPolicies`.
  private static let lines: [Line] = [
    Line(layer: .network, group: "networking.k8s.io", resource: "networkpolicies", kind: "NetworkPolicy"),
    Line(layer: .network, group: "cilium.io", resource: "ciliumnetworkpolicies", kind: "CiliumNetworkPolicy"),
    Line(
      layer: .network, group: "cilium.io", resource: "ciliumclusterwidenetworkpolicies",
      kind: "CiliumClusterwideNetworkPolicy", isOfCluster: true),
    Line(layer: .network, group: "crd.projectcalico.org", resource: "networkpolicies", kind: "NetworkPolicy"),
    Line(
      layer: .network, group: "crd.projectcalico.org", resource: "globalnetworkpolicies", kind: "GlobalNetworkPolicy",
      isOfCluster: true),
    Line(layer: .network, group: "projectcalico.org", resource: "networkpolicies", kind: "NetworkPolicy"),
    Line(
      layer: .network, group: "projectcalico.org", resource: "globalnetworkpolicies", kind: "GlobalNetworkPolicy",
      isOfCluster: true),
    Line(
      layer: .network, group: "policy.networking.k8s.io", resource: "adminnetworkpolicies", kind: "AdminNetworkPolicy",
      isOfCluster: true),
    Line(
      layer: .network, group: "policy.networking.k8s.io", resource: "baselineadminnetworkpolicies",
      kind: "BaselineAdminNetworkPolicy", isOfCluster: true),
    Line(
      layer: .network, group: "policy.networking.k8s.io", resource: "clusternetworkpolicies",
      kind: "ClusterNetworkPolicy", isOfCluster: true),
    Line(layer: .network, group: "crd.antrea.io", resource: "networkpolicies", kind: "NetworkPolicy"),
    Line(
      layer: .network, group: "crd.antrea.io", resource: "clusternetworkpolicies", kind: "ClusterNetworkPolicy",
      isOfCluster: true),
    Line(
      layer: .mesh, group: "security.istio.io", resource: "authorizationpolicies", kind: "AuthorizationPolicy",
      isAdditive: false),
    Line(
      layer: .mesh, group: "security.istio.io", resource: "peerauthentications", kind: "PeerAuthentication",
      isAdditive: false),
  ]
  /// Of Istio: what lies here counts in every namespace, unless it is configured to be another one.
  private static let meshRoot = "istio-system"

  private let inventory: AccessInventory
  /// By line: names of policies by namespace; those of the cluster under the empty one.
  private let present: [[String: Set<String>]]
  /// Bindings that hold any such right, with what they grant.
  private let rights: [Int: NamedRights]

  /// - Parameter snapshot: with the policies; the profile may be of a cluster that had others.
  init(_ profile: AccessProfile, _ snapshot: ClusterSnapshot) {
    let inventory = profile.inventory
    self.inventory = inventory
    present = Self.lines.map { line in
      var found: [String: Set<String>] = [:]
      for object in snapshot.objects(GroupKind(line.group, line.kind)) {
        found[line.isOfCluster ? "" : object.effectiveNamespace, default: []].insert(object.name)
      }
      return found
    }
    let changesMesh = inventory.roles.map { role in
      role.rules.contains { rule in !rule.resources.isEmpty && rule.allowsGroup("security.istio.io") }
    }
    var rights: [Int: NamedRights] = [:]
    if present.contains(where: { !$0.isEmpty }) {
      for (index, binding) in inventory.bindings.enumerated() {
        let set = profile.set(ofBinding: index)
        // Whoever may do everything needs no detour.
        if binding.namespace == nil, set.has(.everything) { continue }
        guard set.hasNamed(.networkPolicies) || binding.role.map({ changesMesh[$0] }) ?? false else { continue }
        rights[index] = NamedRights(inventory, [index])
      }
    }
    self.rights = rights
  }

  /// Bindings that hold any such right, in order.
  var bindings: [Int] { rights.keys.sorted() }

  /// Whether a binding brings down what a layer enforces in a namespace.
  func verdict(_ binding: Int, _ namespace: String, _ layer: Layer) -> Verdict {
    guard let held = rights[binding] else { return .no }
    let place = inventory.bindings[binding].namespace
    if let place, place != namespace { return .no }
    var isWhole = true
    var holds = false
    for (line, policies) in zip(Self.lines, present) where line.layer == layer {
      let names = policies[line.isOfCluster ? "" : namespace] ?? []
      if line.layer == .mesh, namespace != Self.meshRoot, !(policies[Self.meshRoot] ?? []).isEmpty, place != nil {
        isWhole = false
      }
      guard !names.isEmpty else { continue }
      if line.isOfCluster, place != nil {
        isWhole = false
        continue
      }
      let create = held.names(["create"], line.group, line.resource)
      let change = held.names(["update", "patch"], line.group, line.resource)
      let remove = held.names(["delete", "deletecollection"], line.group, line.resource)
      let opens =
        line.isAdditive
        ? create.all != nil || change.all != nil || !names.isDisjoint(with: change.names)
        : change.all != nil || names.isSubset(of: change.names)
      if opens || remove.all != nil || names.isSubset(of: remove.names) {
        holds = true
      } else {
        isWhole = false
        if !names.isDisjoint(with: Set(remove.names).union(change.names)) { holds = true }
      }
    }
    return holds ? isWhole ? .certain : .possible : .no
  }

  /// What may be asked of the API server so that a layer falls in a namespace, by somebody.
  func requests(_ identity: Identity, _ namespace: String) -> [AccessRequest] {
    var requests: [AccessRequest] = []
    for (line, policies) in zip(Self.lines, present) {
      let names = policies[line.isOfCluster ? "" : namespace] ?? []
      guard !names.isEmpty else { continue }
      for (verb, name) in [("create", "")]
        + names.sorted().prefix(50).flatMap({ name in ["delete", "patch", "update"].map { ($0, name) } })
      {
        requests.append(
          AccessRequest(
            identity: identity, verb: verb,
            target: .resource(
              .init(
                group: line.group, resource: line.resource, subresource: "",
                namespace: line.isOfCluster ? "" : namespace, name: name))))
      }
    }
    return requests
  }
}
