import Bytes
package import Kube

/// Whether somebody may create or update roles and bindings: by RBAC itself, and by the API server's escalation prevention.
package struct GrantQuestion: Sendable {
  /// How the API server would answer the write.
  package enum Verdict: Sendable {
    case allowed
    /// None of these verbs on the kind of object.
    case mayNotWrite(verbs: [String])
    /// The write is allowed, and the role would hand on what the writer lacks.
    case lacks([PolicyRule])
    /// A binding's role never changes: it has to be deleted and made anew.
    case changesRole
    /// The role that is bound is not there.
    case noRole(String)
    /// Something that was not seen may allow it.
    case unknown([String])
  }

  /// The verdict for one role or binding of the input.
  package struct Answer: Sendable {
    package let object: KubeObject
    /// Whether the object is in the cluster already.
    package let isUpdate: Bool
    package let verdict: Verdict
  }

  private static let kinds: Set<GroupKind> = [.role, .clusterRole, .roleBinding, .clusterRoleBinding]

  /// - Parameter wanted: its roles and bindings are judged as if all were applied together, roles first.
  /// - Returns: an answer for each role and binding, in their order.
  package static func answers(
    _ wanted: ClusterSnapshot, by subject: AccessSubject, in inventory: AccessInventory
  ) -> [Answer] {
    let authorizer = Authorizer(inventory)
    let check = EscalationCheck(authorizer, roles: AccessInventory(inventory.snapshot.applying(wanted)))
    let identity = inventory.identity(of: subject)
    return wanted.objects.filter { kinds.contains($0.groupKind) }.map { object in
      let old = inventory.snapshot.objects(object.groupKind).first {
        $0.name == object.name && $0.effectiveNamespace == object.effectiveNamespace
      }
      return Answer(
        object: object, isUpdate: old != nil,
        verdict: verdict(object, old, identity, authorizer, check))
    }
  }

  /// An object without what only the server and garbage collection write.
  private static func stated(_ root: DocumentNode) -> DocumentNode {
    let written: Set<String> = [
      "resourceVersion", "uid", "creationTimestamp", "generation", "managedFields", "ownerReferences", "finalizers",
      "selfLink",
    ]
    let entries = (root["metadata"]?.entries ?? []).filter { !written.contains($0.key) }
    return root.setting("metadata", DocumentNode(.object(Mapping(entries))))
  }

  private static func verdict(
    _ object: KubeObject, _ old: KubeObject?, _ identity: Identity, _ authorizer: Authorizer, _ check: EscalationCheck
  ) -> Verdict {
    // The server asks no more of an update that changes nothing (`IsOnlyMutatingGCFields`).
    let isUnchanged = old.map { Self.stated($0.root) == Self.stated(object.root) } ?? false
    let isNamespaced = object.groupKind == .role || object.groupKind == .roleBinding
    let verbs = old == nil ? ["create"] : ["update", "patch"]
    let verdicts = verbs.map { verb in
      authorizer.decide(
        AccessRequest(
          identity: identity, verb: verb,
          target: .resource(
            .init(
              group: object.groupKind.group, resource: object.kind.lowercased() + "s",
              namespace: isNamespaced ? object.effectiveNamespace : "", name: old == nil ? "" : object.name))))
    }
    if !verdicts.contains(where: \.isAllowed) {
      guard let open = verdicts.first(where: { !$0.isKnown }) else { return .mayNotWrite(verbs: verbs) }
      return .unknown([authorizer.reason(open)])
    }
    if let old, let was = old.root["roleRef"], let becomes = object.root["roleRef"],
      was["kind"]?.string != becomes["kind"]?.string || was["name"]?.string != becomes["name"]?.string
    {
      return .changesRole
    }
    if isUnchanged { return .allowed }
    let own = authorizer.inventory.bindings(for: identity)
    let unseen = authorizer.inventory.notSeen(by: own, inNamespaces: object.namespace != nil).map(\.reason)
    switch check.write(object, by: identity, isUpdate: old != nil) {
    case .allowed: return .allowed
    case .forbidden(let rules): return unseen.isEmpty ? .lacks(rules) : .unknown(unseen)
    case .roleNotFound(let role):
      if unseen.isEmpty, authorizer.inventory.hasAll(object.root[path: "roleRef", "kind"]?.string ?? "") {
        return .noRole(role)
      }
      return .unknown(unseen + ["the input does not hold \(role)"])
    }
  }
}
