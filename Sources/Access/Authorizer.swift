import Kube

/// Answers requests as the API server's RBAC authorizer does, with the superuser group in front of it.
///
/// Source: `plugin/pkg/auth/authorizer/rbac/rbac.go`. Cluster-wide bindings come first, then those of the request's
/// namespace. The first rule that matches allows; there are no denials; a binding whose role is missing is skipped.
package struct Authorizer: Sendable {
  package let inventory: AccessInventory

  package init(_ inventory: AccessInventory) { self.inventory = inventory }

  /// The binding, rule and subject by which a request is allowed: the first of them, in the order of the API server.
  package struct Grant: Sendable, Hashable {
    /// Index into the inventory's bindings.
    package let binding: Int
    /// Index into the rules of the binding's role.
    package let rule: Int
    package let subject: AccessSubject
  }

  /// The answer to one request.
  package enum Verdict: Sendable {
    case allowed(Grant)
    /// `system:masters` bypasses authorization.
    case superuser
    /// Roles that bindings of this identity refer to and that do not exist.
    case denied(missingRoles: [String])

    package var isAllowed: Bool {
      switch self {
      case .allowed, .superuser: true
      case .denied: false
      }
    }
  }

  package func decide(_ request: AccessRequest) -> Verdict {
    if request.identity.groups.contains("system:masters") { return .superuser }
    var missing: [String] = []
    let subjects = request.identity.subjects
    if let grant = search(inventory.clusterBindings, subjects, request, &missing) { return .allowed(grant) }
    let namespace = request.namespace
    if !namespace.isEmpty, let table = inventory.namespacedBindings[namespace],
      let grant = search(table, subjects, request, &missing)
    {
      return .allowed(grant)
    }
    return .denied(missingRoles: missing)
  }

  /// Every rule that allows the request.
  package func grants(_ request: AccessRequest) -> [Grant] {
    var grants: [Grant] = []
    for subject in request.identity.subjects {
      let namespaced = inventory.namespacedBindings[request.namespace]?[subject] ?? []
      for index in (inventory.clusterBindings[subject] ?? []) + (request.namespace.isEmpty ? [] : namespaced) {
        guard let role = inventory.bindings[index].role else { continue }
        for (rule, policy) in inventory.roles[role].rules.enumerated() where policy.allows(request) {
          grants.append(Grant(binding: index, rule: rule, subject: subject))
        }
      }
    }
    return grants
  }

  private func search(
    _ table: [AccessSubject: [Int]], _ subjects: [AccessSubject], _ request: AccessRequest, _ missing: inout [String]
  ) -> Grant? {
    for subject in subjects {
      for index in table[subject] ?? [] {
        let binding = inventory.bindings[index]
        guard let role = binding.role else {
          let name = "\(binding.roleKind) \"\(binding.roleName)\""
          if !missing.contains(name) { missing.append(name) }
          continue
        }
        // A rule on paths counts only through a cluster-wide binding.
        for (rule, policy) in inventory.roles[role].rules.enumerated() where policy.allows(request) {
          return Grant(binding: index, rule: rule, subject: subject)
        }
      }
    }
    return nil
  }

  /// The verdict in a sentence; for a grant, in the words of the API server.
  package func reason(_ verdict: Verdict) -> String {
    switch verdict {
    case .superuser: return "the group system:masters is allowed everything, whatever RBAC says"
    case .allowed(let grant):
      let binding = inventory.bindings[grant.binding]
      let scope = binding.namespace.map { "/" + $0 } ?? ""
      let subject: String
      switch grant.subject {
      case .user(let name): subject = "User \"\(name)\""
      case .group(let name): subject = "Group \"\(name)\""
      case .serviceAccount(let namespace, let name): subject = "ServiceAccount \"\(name)/\(namespace)\""
      }
      return
        "RBAC: allowed by \(binding.kind) \"\(binding.object.name)\(scope)\" of \(binding.roleKind) \"\(binding.roleName)\" to \(subject)"
    case .denied(let missing):
      return missing.isEmpty
        ? "no RBAC rule allows it" : "no RBAC rule allows it; not found: \(missing.joined(separator: ", "))"
    }
  }
}
