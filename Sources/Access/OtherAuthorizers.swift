import Bytes
package import Findings
package import Kube

/// Who decides on requests beside RBAC, and who makes bindings that are not in the input, as far as it tells. Each may only add: a yes
/// of RBAC stands, a no may not.
package struct OtherAuthorizers: Sendable {
  /// An authorizer of the API server that is not RBAC.
  package enum Authorizer: Sendable, Hashable {
    /// Lets each kubelet do what the static rules of nodes say, for its own node and for what the pods on it use.
    case node
    /// Any other mode that a server's command line names, with the place of it: `Webhook`, `ABAC`, `AlwaysAllow`.
    case mode(String, Location)
    /// A file of authorizers, whose content is on the node.
    case configuration(Location)
    /// Objects of which a controller makes bindings: the kind, how many there are, and the place of the first.
    case controller(GroupKind, Int, Location)
  }

  /// Kinds of which a controller, or what installs them, makes roles and bindings.
  private static let granting = [
    GroupKind("operators.coreos.com", "ClusterServiceVersion"),
    GroupKind("rbacmanager.reactiveops.io", "RBACDefinition"), GroupKind("hnc.x-k8s.io", "HierarchyConfiguration"),
    GroupKind("capsule.clastix.io", "Tenant"), GroupKind("management.cattle.io", "GlobalRoleBinding"),
    GroupKind("management.cattle.io", "ClusterRoleTemplateBinding"),
    GroupKind("management.cattle.io", "ProjectRoleTemplateBinding"),
  ]

  /// Modes besides Node and RBAC, where an API server is in the input, and controllers that make bindings.
  package let others: [Authorizer]
  /// Whether nodes are asked about: they are wherever nothing says otherwise.
  private let hasNode: Bool
  private let nodeRules: [PolicyRule]

  /// - Parameters:
  ///   - nodeRules: the static rules of the node authorizer.
  ///   - isCopy: whether the input holds the bindings of a cluster, also those that controllers made.
  init(_ snapshot: ClusterSnapshot, nodeRules: [PolicyRule], isCopy: Bool) {
    var others: [Authorizer] = []
    var hasNode: Bool?
    for workload in snapshot.workloads where workload.object.effectiveNamespace == "kube-system" {
      for container in workload.containers {
        let words = (container.node["command"]?.strings ?? []) + (container.node["args"]?.strings ?? [])
        guard words.contains(where: { $0 == "kube-apiserver" || $0.hasSuffix("/kube-apiserver") }) else { continue }
        let place = workload.object.location
        if let modes = Self.value(of: "--authorization-mode", words) {
          let names = modes.split(separator: ",").map(String.init)
          hasNode = hasNode == true || names.contains("Node")
          others += names.filter { !["Node", "RBAC", "AlwaysDeny"].contains($0) }.map { .mode($0, place) }
        }
        if Self.value(of: "--authorization-config", words) != nil { others.append(.configuration(place)) }
      }
    }
    for kind in isCopy ? [] : Self.granting {
      let objects = snapshot.objects(kind)
      if let first = objects.first { others.append(.controller(kind, objects.count, first.location)) }
    }
    self.others = others
    self.hasNode = hasNode ?? true
    self.nodeRules = nodeRules
  }

  private static func value(of flag: String, _ words: [String]) -> String? {
    for (index, word) in words.enumerated() {
      if word.hasPrefix(flag + "=") { return String(word.dropFirst(flag.count + 1)) }
      if word == flag, words.indices.contains(index + 1) { return words[index + 1] }
    }
    return nil
  }

  /// Those that may allow what RBAC does not.
  package func mayAllow(_ request: AccessRequest) -> [Authorizer] {
    others + (request.identity.isNode && allowsNodes(verb: request.verb, request.target) ? [.node] : [])
  }

  /// The node authorizer, where it gives rights to an identity.
  package func ofNode(_ identity: Identity) -> [Authorizer] { identity.isNode && hasNode ? [.node] : [] }

  /// Whether some kubelet may do it by the node authorizer: for its own node, or for what the pods on it use.
  ///
  /// Source: k8s.io/kubernetes `plugin/pkg/auth/authorizer/node/node_authorizer.go`.
  package func allowsNodes(verb: String, _ target: AccessRequest.Target) -> Bool {
    let request = AccessRequest(identity: Identity(user: "", groups: []), verb: verb, target: target)
    return hasNode && nodeRules.contains { $0.allows(request) }
  }
}

extension OtherAuthorizers.Authorizer {
  /// What of a cluster tells of it.
  private var kind: GroupKind {
    switch self {
    case .node: GroupKind("", "Node")
    case .mode, .configuration: GroupKind("apiserver.config.k8s.io", "AuthorizationConfiguration")
    case .controller: .clusterRoleBinding
    }
  }

  /// Why it may add something, in a sentence without a full stop.
  package var reason: String {
    switch self {
    case .node:
      "the node authorizer, which is no part of RBAC, may allow it to a kubelet: for its own node, and for what the pods on it use"
    case .mode(let name, let place): "the API server (\(place.text)) asks its authorizer \(name) as well"
    case .configuration(let place):
      "the API server (\(place.text)) takes its authorizers from a file that is not in the input"
    case .controller(let kind, let count, let place):
      "a controller makes roles and bindings of \(Phrase.count(count, kind.kind)) of the input (\(place.text)), which the input does not hold"
    }
  }

  package var notSeen: NotSeen { NotSeen(kind, reason: reason) }
}

extension Identity {
  /// Whether the node authorizer takes it for a kubelet; who is asked about as a member of the group, is one.
  package var isNode: Bool { groups.contains("system:nodes") && (user.isEmpty || user.hasPrefix("system:node:")) }
}
