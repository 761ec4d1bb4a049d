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
    var answers: [AccessSubject: Answer] = [:]
    // All bindings of a role share its answer.
    var allowing: [Int: Int?] = [:]
    for index in among ?? Array(inventory.givenBindings) {
      let binding = inventory.bindings[index]
      guard let role = binding.role else { continue }
      if let namespace = binding.namespace, namespace != request.namespace { continue }
      let rule: Int?
      if let known = allowing[role] {
        rule = known
      } else {
        rule = inventory.roles[role].rules.firstIndex { $0.allows(request) || namedToo && $0.allowsSomeName(request) }
        allowing[role] = .some(rule)
      }
      guard let rule else { continue }
      let policy = inventory.roles[role].rules[rule]
      for subject in binding.subjects
      where answers[subject] == nil || !(answers[subject]?.names.isEmpty ?? true) && policy.resourceNames.isEmpty {
        answers[subject] = Answer(subject: subject, binding: index, rule: rule, names: policy.resourceNames)
      }
    }
    return answers.values.sorted { $0.subject < $1.subject }
  }
}

extension WhoCan {
  /// Holders of the bindings that every cluster has and the input does not carry, who may do it.
  package static func builtInSubjects(
    verb: String, target: AccessRequest.Target, _ inventory: AccessInventory
  ) -> [AccessSubject] {
    let request = AccessRequest(identity: Identity(user: "", groups: []), verb: verb, target: target)
    let allowing = inventory.bindings[inventory.givenBindings.upperBound...].filter { binding in
      (binding.namespace == nil || binding.namespace == request.namespace)
        && binding.role.map { inventory.roles[$0].rules.contains { $0.allows(request) } } ?? false
    }
    return Set(allowing.flatMap(\.subjects)).sorted()
  }
}

extension PolicyRule {
  /// Whether the rule would allow the request if it named the right object.
  func allowsSomeName(_ request: AccessRequest) -> Bool {
    // `create` carries a name where an object is made by server-side apply, and where it goes to a subresource.
    guard case .resource(let target) = request.target, let name = resourceNames.first, target.name.isEmpty,
      request.verb != "deletecollection" || !target.subresource.isEmpty
    else { return false }
    let named = AccessRequest.Resource(
      group: target.group, resource: target.resource, subresource: target.subresource, namespace: target.namespace,
      name: name)
    return allows(AccessRequest(identity: request.identity, verb: request.verb, target: .resource(named)))
  }
}
