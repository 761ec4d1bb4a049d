import Kube

/// Rights that nobody can use, or that nobody has used.
package enum UnusedAccess {
  /// Roles that no binding refers to; indexes into the inventory's roles.
  package static func unboundRoles(_ inventory: AccessInventory) -> [Int] {
    // A role is bound by nobody only where all bindings were seen.
    let snapshot = inventory.snapshot
    func seesAll(_ kind: GroupKind) -> Bool {
      snapshot.blindness(for: kind) == nil && !inventory.absentBindings.contains(kind)
    }
    guard seesAll(.roleBinding) else { return [] }
    let seesClusterBindings = seesAll(.clusterRoleBinding)
    let bound = Set(inventory.bindings.compactMap(\.role))
    // What an aggregated role that is bound is made of.
    let parts = Set(
      bound.map { inventory.roles[$0] }.filter { $0.namespace == nil }.flatMap { $0.origins.map(\.object.name) })
    return inventory.roles.indices.filter { index in
      let role = inventory.roles[index]
      // Only a binding of its own namespace can refer to a Role.
      return index < inventory.firstBuiltInRole && !bound.contains(index)
        && (seesClusterBindings || role.namespace != nil)
        // Roles that are aggregated into others, and those of the system, are used without a binding.
        && !role.isGathered
        && role.object.labels[BootstrapPolicy.label] == nil && (role.namespace != nil || !parts.contains(role.name))
    }
  }

  /// A binding that grants nothing, with the reason in words. `binding` is an index into the inventory's bindings.
  package struct EmptyBinding: Sendable {
    /// Why a binding hands nothing to anybody.
    package enum Reason: Sendable, Hashable {
      case noRole(String)
      case noSubject
      case noAccounts([AccessSubject])
    }

    package let binding: Int
    package let cause: Reason
    /// Whether it may be another thing in the cluster: the input is not the whole of one.
    package let isCertain: Bool

    package var reason: String {
      switch cause {
      case .noRole(let role): isCertain ? "the \(role) does not exist" : "the \(role) is not in the input"
      case .noSubject: "it has no subject"
      case .noAccounts(let accounts):
        "\(accounts.map(\.text).joined(separator: ", ")) "
          + (isCertain
            ? accounts.count == 1 ? "does not exist" : "do not exist"
            : "\(accounts.count == 1 ? "is" : "are") not in the input")
      }
    }
  }

  /// Bindings that grant nothing to anybody: without subjects, or of roles or accounts that do not exist.
  package static func emptyBindings(_ inventory: AccessInventory) -> [EmptyBinding] {
    var result: [EmptyBinding] = []
    let snapshot = inventory.snapshot
    func seesAll(_ roleKind: String) -> Bool {
      inventory.hasAll(roleKind) && snapshot.blindness(for: roleKind == "Role" ? .role : .clusterRole) == nil
    }
    let seesAccounts = inventory.hasAllRoles && snapshot.blindness(for: .serviceAccount) == nil
    for index in inventory.givenBindings {
      let binding = inventory.bindings[index]
      let isBootstrap = binding.object.labels[BootstrapPolicy.label] != nil
      if binding.role == nil {
        let cause = EmptyBinding.Reason.noRole("\(binding.roleKind) \"\(binding.roleName)\"")
        // A Role lies in the binding's own namespace, and a ClusterRoleBinding never reaches one.
        result.append(
          EmptyBinding(
            binding: index, cause: cause,
            isCertain: seesAll(binding.roleKind) || binding.roleKind == "Role" && binding.namespace == nil
          ))
      } else if binding.subjects.isEmpty {
        if !isBootstrap { result.append(EmptyBinding(binding: index, cause: .noSubject, isCertain: true)) }
      } else {
        // An account can only be missing where accounts were read at all.
        let gone = binding.subjects.filter { subject in
          guard case .serviceAccount(_, let name) = subject else { return false }
          return !inventory.serviceAccounts.isEmpty && !isBootstrap && name != "default"
            && !inventory.serviceAccounts.contains(subject)
        }
        // As long as one of them is there, taking the binding away would break it.
        if gone.count == binding.subjects.count {
          result.append(
            EmptyBinding(
              binding: index, cause: .noAccounts(gone), isCertain: seesAccounts))
        }
      }
    }
    return result
  }

  /// The rules of one binding that a subject made no use of in the log. `binding` is an index into the inventory's
  /// bindings.
  package struct Unused: Sendable {
    package let subject: AccessSubject
    package let binding: Int
    /// What of the binding's role was not used: whole rules, and verbs, resources and names of others.
    package let rules: [PolicyRule]
    /// Rules with a wildcard of which something was used, and what that was.
    package let partly: [(rule: PolicyRule, used: [PolicyRule])]
    /// How many rules of the role were used.
    package let usedRules: Int
  }

  /// Rules that a log shows no use of, for each subject of a binding. Requests that were refused are no use of a right.
  package static func unusedRules(_ inventory: AccessInventory, _ observed: [ObservedRequest]) -> [Unused] {
    let requests = requests(observed)
    var result: [Unused] = []
    for index in inventory.givenBindings {
      let binding = inventory.bindings[index]
      // Which constraints a pod used stands in no request.
      guard let role = binding.role, !binding.isItsOwnRole else { continue }
      for subject in Set(binding.subjects).sorted() where inventory.shipper(of: subject, binding: index) == nil {
        let made = (requests[subject] ?? []).filter {
          binding.namespace == nil || $0.namespace == binding.namespace
        }
        let unused = judge(inventory.roles[role].rules, made)
        if !unused.rules.isEmpty || !unused.partly.isEmpty {
          result.append(
            Unused(
              subject: subject, binding: index, rules: unused.rules, partly: unused.partly, usedRules: unused.used))
        }
      }
    }
    return result.sorted { ($0.subject, $0.binding) < ($1.subject, $1.binding) }
  }

  /// Roles with just what was used, for each subject that used something and holds more.
  package static func tightened(_ inventory: AccessInventory, _ observed: [ObservedRequest]) -> [LeastPrivilege.Grant] {
    let requests = requests(observed)
    let subjects = Set(unusedRules(inventory, observed).filter { $0.usedRules > 0 }.map(\.subject))
    return subjects.sorted().flatMap { subject -> [LeastPrivilege.Grant] in
      // What its members may do by other bindings is not the subject's business.
      let own = inventory.bindings(of: subject)
      let used = (requests[subject] ?? []).filter { request in
        own.contains { index in
          let binding = inventory.bindings[index]
          guard let role = binding.role, binding.namespace == nil || binding.namespace == request.namespace else {
            return false
          }
          return inventory.roles[role].rules.contains { $0.allows(request) }
        }
      }
      return LeastPrivilege(
        Set(used.map { ObservedRequest.Check(user: "", verb: $0.verb, target: $0.target) }), for: subject
      ).grants
    }
  }

  /// When each subject last made a request that was not refused, by its own name or through a member: RFC 3339.
  package static func lastUses(_ observed: [ObservedRequest]) -> [AccessSubject: String] {
    var uses: [AccessSubject: String] = [:]
    for event in observed where event.outcome == .made && !event.time.isEmpty {
      for subject in event.actingIdentity.subjects { uses[subject] = max(uses[subject] ?? "", event.time) }
    }
    return uses
  }

  /// What each subject used, by its own name or as a member of a group.
  private static func requests(_ observed: [ObservedRequest]) -> [AccessSubject: Set<AccessRequest>] {
    var requests: [AccessSubject: Set<AccessRequest>] = [:]
    let nobody = Identity(user: "", groups: [])
    for event in observed where event.outcome == .made {
      for check in event.checks().checks {
        let request = AccessRequest(identity: nobody, verb: check.verb, target: check.target)
        let identity =
          check.user == event.actingUser ? event.actingIdentity : Identity(user: check.user, groups: event.groups)
        for subject in identity.subjects { requests[subject, default: []].insert(request) }
      }
    }
    return requests
  }

  private static func judge(
    _ rules: [PolicyRule], _ made: Set<AccessRequest>
  ) -> (rules: [PolicyRule], partly: [(rule: PolicyRule, used: [PolicyRule])], used: Int) {
    var unused: [PolicyRule] = []
    var rest: [PolicyRule] = []
    var partly: [(rule: PolicyRule, used: [PolicyRule])] = []
    var count = 0
    for rule in rules {
      let matching = made.filter(rule.allows)
      guard !matching.isEmpty else {
        unused.append(rule)
        continue
      }
      count += 1
      if rule.hasWildcard {
        partly.append((rule, RuleCompaction.compact(matching.map(\.rule))))
      } else {
        rest += RuleCoverage.atoms(of: rule).filter { atom in !matching.contains(where: atom.allows) }
      }
    }
    return (unused + RuleCompaction.compact(rest), partly, count)
  }
}

extension PolicyRule {
  fileprivate var hasWildcard: Bool {
    verbs.contains("*") || apiGroups.contains("*") || resources.contains { $0.hasPrefix("*") }
      || nonResourceURLs.contains { $0.hasSuffix("*") }
  }
}

extension AccessRequest {
  /// The rule that allows this and nothing else, for all names.
  fileprivate var rule: PolicyRule {
    switch target {
    case .resource(let resource):
      PolicyRule(verbs: [verb], apiGroups: [resource.group], resources: [resource.combined])
    case .path(let path): PolicyRule(verbs: [verb], nonResourceURLs: [path])
    }
  }
}
