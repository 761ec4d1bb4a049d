import Bytes
package import Kube

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
    /// Nothing that was seen allows it, and something that was not seen may.
    case unknown(Unknown)

    package var isAllowed: Bool {
      switch self {
      case .allowed, .superuser: true
      case .denied, .unknown: false
      }
    }

    /// Roles that bindings of this identity name and that were not found.
    package var missingRoles: [String] {
      switch self {
      case .allowed, .superuser: []
      case .denied(let missing): missing
      case .unknown(let unknown): unknown.roles
      }
    }

    /// Whether the answer is the API server's.
    package var isKnown: Bool { if case .unknown = self { false } else { true } }
  }

  /// What would decide.
  package struct Unknown: Sendable {
    /// Roles that bindings of this identity name and that the input does not hold.
    package let roles: [String]
    /// Kinds of which not all objects were seen.
    package let unseen: [GroupKind]
    /// Bindings of this identity whose role the input holds more than once, and of which another definition allows it.
    package let contradicted: [Int]
    /// Kinds of bindings that every cluster has and of which the input, which is of files, holds none.
    package let absent: [GroupKind]
    /// Who may allow it beside RBAC.
    package let authorizers: [OtherAuthorizers.Authorizer]
    /// Whether nothing else is missing than a kind of bindings.
    package let isForAbsenceAlone: Bool
  }

  package func decide(_ request: AccessRequest) -> Verdict {
    if request.identity.isSuperuser { return .superuser }
    var gaps = Gaps()
    let subjects = request.identity.subjects
    if let grant = search(inventory.clusterBindings, subjects, request, &gaps) { return .allowed(grant) }
    let namespace = request.namespace
    if !namespace.isEmpty, let table = inventory.namespacedBindings[namespace],
      let grant = search(table, subjects, request, &gaps)
    {
      return .allowed(grant)
    }
    for subject in subjects {
      for index in inventory.builtInBindings[subject] ?? [] {
        let own = inventory.bindings[index].namespace
        guard own == nil || own == namespace, let role = inventory.bindings[index].role,
          let rule = inventory.roles[role].rules.firstIndex(where: { $0.allows(request) })
        else { continue }
        return .allowed(Grant(binding: index, rule: rule, subject: subject))
      }
    }
    let kinds = Self.kinds(inNamespace: !namespace.isEmpty)
    let unseen = kinds.filter { inventory.snapshot.blindness(for: $0) != nil }
    let absent = inventory.absentBindings.filter(kinds.contains)
    let authorizers = inventory.otherAuthorizers.mayAllow(request)
    if !unseen.isEmpty || gaps.isUnknown || !gaps.contradicted.isEmpty || !absent.isEmpty || !authorizers.isEmpty {
      return .unknown(
        Unknown(
          roles: gaps.missing, unseen: unseen, contradicted: gaps.contradicted, absent: absent,
          authorizers: authorizers,
          isForAbsenceAlone: unseen.isEmpty && !gaps.isUnknown && gaps.contradicted.isEmpty && authorizers.isEmpty))
    }
    return .denied(missingRoles: gaps.missing)
  }

  /// Kinds that an answer rests on.
  package static func kinds(inNamespace: Bool) -> [GroupKind] {
    inNamespace ? [.clusterRoleBinding, .roleBinding, .clusterRole, .role] : [.clusterRoleBinding, .clusterRole]
  }

  /// Every rule that allows the request.
  package func grants(_ request: AccessRequest) -> [Grant] {
    var grants: [Grant] = []
    for subject in request.identity.subjects {
      let namespaced = inventory.namespacedBindings[request.namespace]?[subject] ?? []
      let builtIn = (inventory.builtInBindings[subject] ?? []).filter {
        inventory.bindings[$0].namespace == nil || inventory.bindings[$0].namespace == request.namespace
      }
      for index in (inventory.clusterBindings[subject] ?? []) + (request.namespace.isEmpty ? [] : namespaced) + builtIn
      {
        guard let role = inventory.bindings[index].role else { continue }
        for (rule, policy) in inventory.roles[role].rules.enumerated() where policy.allows(request) {
          grants.append(Grant(binding: index, rule: rule, subject: subject))
        }
      }
    }
    return grants
  }

  /// What a search met that may have allowed the request.
  private struct Gaps {
    var missing: [String] = []
    /// Whether one of the missing may be there all the same.
    var isUnknown = false
    var contradicted: [Int] = []
  }

  private func search(
    _ table: [AccessSubject: [Int]], _ subjects: [AccessSubject], _ request: AccessRequest, _ gaps: inout Gaps
  ) -> Grant? {
    for subject in subjects {
      for index in table[subject] ?? [] {
        let binding = inventory.bindings[index]
        guard let role = binding.role else {
          let name = "\(binding.roleKind) \"\(binding.roleName)\""
          if !gaps.missing.contains(name) { gaps.missing.append(name) }
          if binding.mayBeOfAnotherRole, !inventory.hasAll(binding.roleKind) { gaps.isUnknown = true }
          continue
        }
        // A rule on paths counts only through a cluster-wide binding.
        for (rule, policy) in inventory.roles[role].rules.enumerated() where policy.allows(request) {
          return Grant(binding: index, rule: rule, subject: subject)
        }
        let others = inventory.earlierDefinitions(ofRole: role)
        if others.contains(where: { $0.rules.contains { $0.allows(request) } }) { gaps.contradicted.append(index) }
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
      case .serviceAccount(let namespace, let name):
        subject =
          inventory.isWrittenAsUser(grant.subject, in: binding)
          ? "User \"system:serviceaccount:\(namespace):\(name)\"" : "ServiceAccount \"\(name)/\(namespace)\""
      }
      if binding.isItsOwnRole { return "allowed by \(binding.kind) \"\(binding.object.name)\", which names \(subject)" }
      return
        "RBAC: allowed by \(binding.kind) \"\(binding.object.name)\(scope)\" of \(binding.roleKind) \"\(binding.roleName)\" to \(subject)"
    case .denied(let missing):
      return missing.isEmpty
        ? "no RBAC rule allows it" : "no RBAC rule allows it; not found: \(missing.joined(separator: ", "))"
    case .unknown(let unknown):
      var clauses: [String] = []
      if !unknown.unseen.isEmpty {
        clauses.append("\(unknown.unseen.map { $0.kind + "s" }.joined(separator: ", ")) could not be read whole")
      }
      if !unknown.roles.isEmpty { clauses.append("the input does not hold \(unknown.roles.joined(separator: ", "))") }
      if !unknown.contradicted.isEmpty {
        let twice = Set(
          unknown.contradicted.map { inventory.bindings[$0].roleKind + " \"\(inventory.bindings[$0].roleName)\"" })
        clauses.append("another definition of \(Phrase.list(twice.sorted())) in the input does")
      }
      if inventory.holdsNoBindings, !unknown.absent.isEmpty {
        clauses.append("the input holds no \(inventory.firstBuiltInRole == 0 ? "roles and no bindings" : "bindings")")
      } else if let kind = unknown.absent.first {
        clauses.append("the input holds no \(kind.kind)")
      }
      clauses += unknown.authorizers.map(\.reason)
      return "no RBAC rule of the input allows it, and \(clauses.joined(separator: "; "))"
    }
  }
}

extension AccessInventory {
  /// Whether a binding names a service account by its user name.
  func isWrittenAsUser(_ subject: AccessSubject, in binding: Binding) -> Bool {
    let nodes = binding.object.root["subjects"]?.elements ?? []
    return zip(binding.subjects, binding.subjectIndexes).contains {
      $0.0 == subject && nodes.indices.contains($0.1) && nodes[$0.1]["kind"]?.string == "User"
    }
  }
}
