import Kube

/// Rights that nobody can use, or nobody did.
package enum UnusedAccess {
  /// Roles that no binding refers to; indexes into the inventory's roles.
  package static func unboundRoles(_ inventory: AccessInventory) -> [Int] {
    let bound = Set(inventory.bindings.compactMap(\.role))
    return inventory.roles.indices.filter { index in
      let role = inventory.roles[index]
      return index < inventory.firstBuiltInRole && !bound.contains(index)
        // Roles that are aggregated into others, and those of the system, are used without a binding.
        && !role.object.labels.keys.contains { $0.hasPrefix("rbac.authorization.k8s.io/aggregate-to-") }
        && role.object.labels["kubernetes.io/bootstrapping"] == nil
    }
  }

  package struct EmptyBinding: Sendable {
    package let binding: Int
    package let reason: String
  }

  /// Bindings that grant nothing to anybody: without subjects, or of roles or accounts that do not exist.
  package static func emptyBindings(_ inventory: AccessInventory) -> [EmptyBinding] {
    var result: [EmptyBinding] = []
    for (index, binding) in inventory.bindings.enumerated() {
      let isBootstrap = binding.object.labels["kubernetes.io/bootstrapping"] != nil
      if binding.role == nil {
        result.append(
          EmptyBinding(binding: index, reason: "the \(binding.roleKind) \"\(binding.roleName)\" does not exist"))
      } else if binding.subjects.isEmpty {
        if !isBootstrap { result.append(EmptyBinding(binding: index, reason: "it has no subject")) }
      } else {
        // Only where accounts were seen at all can one be missing.
        let gone = binding.subjects.filter { subject in
          guard case .serviceAccount(_, let name) = subject else { return false }
          return !inventory.serviceAccounts.isEmpty && !isBootstrap && name != "default"
            && !inventory.serviceAccounts.contains(subject)
        }
        if !gone.isEmpty {
          result.append(
            EmptyBinding(
              binding: index,
              reason: "\(gone.map(\.text).joined(separator: ", ")) \(gone.count == 1 ? "does" : "do") not exist"))
        }
      }
    }
    return result
  }

  package struct Unused: Sendable {
    package let subject: AccessSubject
    package let binding: Int
    /// Rules of the binding's role of which nothing was used.
    package let rules: [PolicyRule]
    /// How many atoms of the role were used.
    package let usedRules: Int
  }

  /// Rules that a log shows no use of, for each subject that the log knows and each binding of it.
  package static func unusedRules(_ inventory: AccessInventory, _ observed: [ObservedRequest]) -> [Unused] {
    var requests: [AccessSubject: Set<AccessRequest>] = [:]
    for event in observed {
      let identity = Identity(user: event.actingUser)
      for subject in identity.subjects {
        requests[subject, default: []].insert(AccessRequest(identity: identity, verb: event.verb, target: event.target))
      }
    }
    var result: [Unused] = []
    for (index, binding) in inventory.bindings.enumerated() {
      guard let role = binding.role, binding.object.labels["kubernetes.io/bootstrapping"] == nil else { continue }
      for subject in binding.subjects {
        let made = (requests[subject] ?? []).filter { binding.namespace == nil || $0.namespace == binding.namespace }
        let rules = inventory.roles[role].rules
        let unused = rules.filter { rule in !made.contains(where: rule.allows) }
        if !unused.isEmpty {
          result.append(
            Unused(subject: subject, binding: index, rules: unused, usedRules: rules.count - unused.count))
        }
      }
    }
    return result.sorted { ($0.subject, $0.binding) < ($1.subject, $1.binding) }
  }
}
