/// Finds everybody who may do something: the reverse of asking the authorizer.
package enum WhoCan {
  /// A subject that may do it, with the grant by which it may.
  package struct Answer: Sendable {
    package let subject: AccessSubject
    /// Index into the inventory's bindings.
    package let binding: Int
    /// Index into the rules of the binding's role.
    package let rule: Int
    /// Names to which the grant is restricted; empty for all.
    package let names: [String]
  }

  /// All subjects of bindings whose role allows it, sorted; of several bindings of a subject the first is returned.
  ///
  /// - Parameters:
  ///   - target: without a name, grants restricted to names do not count unless `namedToo`.
  ///   - among: bindings to look at; nil: all of the input.
  package static func subjects(
    verb: String, target: AccessRequest.Target, authorizer: Authorizer, namedToo: Bool = false, among: [Int]? = nil
  ) -> [Answer] {
    let inventory = authorizer.inventory
    let request = AccessRequest(identity: Identity(user: "", groups: []), verb: verb, target: target)
    // A grant of all objects is told once, one that is restricted to names for each binding.
    var whole: [AccessSubject: Answer] = [:]
    var restricted: [AccessSubject: [Answer]] = [:]
    // All bindings of a role share its answer.
    var allowing: [Int: (rule: Int, names: [String])?] = [:]
    for index in among ?? Array(inventory.givenBindings) {
      let binding = inventory.bindings[index]
      guard let role = binding.role else { continue }
      if let namespace = binding.namespace, namespace != request.namespace { continue }
      let grant: (rule: Int, names: [String])?
      if let known = allowing[role] {
        grant = known
      } else {
        grant = self.grant(inventory.roles[role].rules, request, namedToo: namedToo)
        allowing[role] = .some(grant)
      }
      guard let grant else { continue }
      for subject in Set(binding.subjects) {
        let answer = Answer(subject: subject, binding: index, rule: grant.rule, names: grant.names)
        if grant.names.isEmpty {
          whole[subject] = whole[subject] ?? answer
        } else {
          restricted[subject, default: []].append(answer)
        }
      }
    }
    return Set(whole.keys).union(restricted.keys).sorted().flatMap { subject in
      whole[subject].map { [$0] } ?? restricted[subject] ?? []
    }
  }

  /// The rule of a role that allows a request, and the names to which the role restricts it; a rule for all names before one for some.
  private static func grant(
    _ rules: [PolicyRule], _ request: AccessRequest, namedToo: Bool
  ) -> (rule: Int, names: [String])? {
    // The server's authorizer would let a `get` of the empty name pass; no request is one.
    func allowing(_ rule: PolicyRule) -> Bool {
      if request.target.hasNoName { return rule.withoutEmptyName.contains { $0.allows(request) } }
      return rule.allows(request) || request.alternative.map(rule.allows) ?? false
    }
    if let rule = rules.firstIndex(where: allowing) {
      return (rule, request.target.hasNoName ? [] : rules[rule].resourceNames)
    }
    guard namedToo else { return nil }
    let some = rules.indices.filter { rules[$0].allowsSomeName(request) }
    return some.first.map { first in
      (first, Set(some.flatMap { rules[$0].resourceNames }).filter { !$0.isEmpty }.sorted())
    }
  }
}

extension WhoCan {
  /// Holders of the bindings that every cluster has and the input does not carry, who may do it, and the group of kubelets where
  /// the node authorizer lets them.
  package static func builtInSubjects(
    verb: String, target: AccessRequest.Target, _ inventory: AccessInventory
  ) -> [AccessSubject] {
    let request = AccessRequest(identity: Identity(user: "", groups: []), verb: verb, target: target)
    let allowing = inventory.bindings[inventory.givenBindings.upperBound...].filter { binding in
      (binding.namespace == nil || binding.namespace == request.namespace)
        && binding.role.map { inventory.roles[$0].rules.contains { $0.allows(request) } } ?? false
    }
    let kubelets = inventory.otherAuthorizers.allowsNodes(verb: verb, target) ? [AccessSubject.kubelets] : []
    return Set(allowing.flatMap(\.subjects) + kubelets).sorted()
  }
}

extension PolicyRule {
  /// Whether the rule would allow the request if it named the right object.
  func allowsSomeName(_ request: AccessRequest) -> Bool {
    // `create` carries a name where an object is made by server-side apply, and where it goes to a subresource.
    guard case .resource(let target) = request.target, let name = resourceNames.first(where: { !$0.isEmpty }),
      target.name.isEmpty, request.verb != "deletecollection" || !target.subresource.isEmpty
    else { return false }
    let named = AccessRequest.Resource(
      group: target.group, resource: target.resource, subresource: target.subresource, namespace: target.namespace,
      name: name)
    return allows(AccessRequest(identity: request.identity, verb: request.verb, target: .resource(named)))
  }
}
