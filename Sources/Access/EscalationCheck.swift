import Bytes
package import Kube

/// Whether an identity may create or update a role or a binding, by the API server's escalation prevention.
///
/// Source: `pkg/registry/rbac/escalation_check.go` and the policy-based storages. Whether RBAC allows the write itself
/// is up to `Authorizer`.
package struct EscalationCheck: Sendable {
  private let authorizer: Authorizer
  private let roles: AccessInventory

  /// - Parameter roles: where the roles of bindings stand, when others are to come before them; nil: where the rights stand.
  package init(_ authorizer: Authorizer, roles: AccessInventory? = nil) {
    self.authorizer = authorizer
    self.roles = roles ?? authorizer.inventory
  }

  /// The answer of the API server's check.
  package enum Outcome: Sendable {
    case allowed
    /// Atoms that the role would grant and that the caller does not hold.
    case forbidden([PolicyRule])
    case roleNotFound(String)
  }

  private static let group = "rbac.authorization.k8s.io"

  /// - Parameter isUpdate: an update carries the object's name, so that `escalate` restricted to names can apply.
  package func write(_ object: KubeObject, by identity: Identity, isUpdate: Bool = false) -> Outcome {
    if identity.isSuperuser { return .allowed }
    switch object.kind {
    case "Role", "ClusterRole":
      let namespace = object.kind == "Role" ? object.effectiveNamespace : ""
      let resource = object.kind == "Role" ? "roles" : "clusterroles"
      if may(identity, "escalate", resource, namespace: namespace, name: isUpdate ? object.name : "") {
        return .allowed
      }
      var rules = PolicyRule.written(in: object)
      // What an aggregated role will contain is unknown, so creating one takes full authority.
      if object.root["aggregationRule"] != nil { rules += PolicyRule.fullAuthority }
      return covered(rules, identity, namespace: namespace)
    default:
      let namespace = object.kind == "RoleBinding" ? object.effectiveNamespace : ""
      let kind = object.root[path: "roleRef", "kind"]?.string ?? ""
      let name = object.root[path: "roleRef", "name"]?.string ?? ""
      let resource = kind == "ClusterRole" ? "clusterroles" : "roles"
      if may(identity, "bind", resource, namespace: namespace, name: name) { return .allowed }
      let role = roles.roles.first {
        $0.name == name && (kind == "ClusterRole" ? $0.namespace == nil : $0.namespace == namespace)
      }
      guard let role else { return .roleNotFound("\(kind) \"\(name)\"") }
      return covered(role.rules, identity, namespace: namespace)
    }
  }

  private func covered(_ rules: [PolicyRule], _ identity: Identity, namespace: String) -> Outcome {
    let missing = RuleCoverage.missing(
      rules, heldIn: authorizer.inventory.rules(for: identity, namespace: namespace))
    return missing.isEmpty ? .allowed : .forbidden(missing)
  }

  private func may(_ identity: Identity, _ verb: String, _ resource: String, namespace: String, name: String) -> Bool {
    authorizer.decide(
      AccessRequest(
        identity: identity, verb: verb,
        target: .resource(.init(group: Self.group, resource: resource, namespace: namespace, name: name)))
    ).isAllowed
  }
}
