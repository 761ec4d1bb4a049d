package import Access
package import Bytes
package import Kube

/// Whether a subject may do something, and by which bindings and rules (`rbac can`).
package struct AccessAnswer: KindOfAnswer {
  package static let kind = "AccessAnswer"

  private let subject: AccessSubject
  private let verb: String
  private let resource: String
  private let namespace: String
  private let verdict: Authorizer.Verdict
  private let reason: String
  private let grants: [Authorizer.Grant]
  private let inventory: AccessInventory

  /// - Parameters:
  ///   - resource: as the user wrote it.
  ///   - namespace: empty for all namespaces.
  package init(
    _ request: AccessRequest, of subject: AccessSubject, verb: String, resource: String, namespace: String,
    _ inventory: AccessInventory
  ) {
    let authorizer = Authorizer(inventory)
    self.subject = subject
    self.verb = verb
    self.resource = resource
    self.namespace = namespace
    self.inventory = inventory
    verdict = authorizer.decide(request)
    reason = authorizer.reason(verdict)
    grants = authorizer.grants(request)
  }

  package var isAllowed: Bool { verdict.isAllowed }

  /// Whether the answer is the API server's: something that was not seen may allow it.
  package var isKnown: Bool { verdict.isKnown }

  package var notSeen: [NotSeen] {
    guard case .unknown(let unknown) = verdict else { return [] }
    return inventory.snapshot.notSeen(unknown.unseen)
      + (unknown.absent.isEmpty ? [] : inventory.absentGrants(inNamespaces: unknown.absent.contains(.roleBinding)))
      + inventory.unknownRoles(unknown.contradicted) + unknown.authorizers.map(\.notSeen)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("subject", subject.text)
    writer.field("verb", verb)
    writer.field("resource", resource)
    writer.field("namespace", namespace)
    writer.key("allowed")
    if isKnown { writer.value(isAllowed) } else { writer.null() }
    writer.field("reason", reason)
    writer.key("grants")
    writer.array(of: grants) { writer, grant in
      writer.object { writer in
        writer.field("binding", inventory.describe(binding: grant.binding))
        writer.field("location", inventory.place(binding: grant.binding))
        writer.field("ruleLocation", inventory.place(rule: grant.rule, binding: grant.binding))
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = "\(isAllowed ? "yes" : isKnown ? "no" : "unknown"): \(reason)\n"
    for grant in grants {
      guard let role = inventory.bindings[grant.binding].role else { continue }
      text += "  \(inventory.describe(binding: grant.binding)), \(inventory.place(binding: grant.binding))\n"
      text += "    rule \(grant.rule + 1): \(inventory.roles[role].rules[grant.rule].text), "
      text += "\(inventory.place(rule: grant.rule, binding: grant.binding))\n"
    }
    return text
  }
}
