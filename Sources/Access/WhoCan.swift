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
  /// - Parameter target: without a name, grants restricted to names do not count unless `namedToo`.
  package static func subjects(
    verb: String, target: AccessRequest.Target, authorizer: Authorizer, namedToo: Bool = false
  ) -> [Answer] {
    let inventory = authorizer.inventory
    let request = AccessRequest(identity: Identity(user: "", groups: []), verb: verb, target: target)
    var answers: [AccessSubject: Answer] = [:]
    // All bindings of a role share its answer.
    var allowing: [Int: Int?] = [:]
    for (index, binding) in inventory.bindings.enumerated() {
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

extension PolicyRule {
  /// Whether the rule would allow the request if it named the right object.
  func allowsSomeName(_ request: AccessRequest) -> Bool {
    guard case .resource(let target) = request.target, let name = resourceNames.first, target.name.isEmpty,
      // No request of these verbs carries a name.
      !["create", "deletecollection"].contains(request.verb) || !target.subresource.isEmpty
    else { return false }
    let named = AccessRequest.Resource(
      group: target.group, resource: target.resource, subresource: target.subresource, namespace: target.namespace,
      name: name)
    return allows(AccessRequest(identity: request.identity, verb: request.verb, target: .resource(named)))
  }
}
