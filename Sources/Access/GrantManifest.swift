package import Bytes

/// Roles and bindings as manifests.
package enum GrantManifest {
  package static func documents(_ grants: [LeastPrivilege.Grant]) -> [DocumentNode] {
    grants.flatMap { grant -> [DocumentNode] in
      let isRole = grant.namespaces?.count == 1
      let roleKind = isRole ? "Role" : "ClusterRole"
      let role = object(
        roleKind, grant.name, isRole ? grant.namespaces?.first : nil, [("rules", .array(grant.rules.map(rule)))])
      let reference: DocumentNode.Content = .object(
        Mapping([
          text("apiGroup", "rbac.authorization.k8s.io"), text("kind", roleKind), text("name", grant.name),
        ]))
      let tail: [(String, DocumentNode.Content)] = [
        ("roleRef", reference), ("subjects", .array([subject(grant.subject)])),
      ]
      guard let namespaces = grant.namespaces else {
        return [role, object("ClusterRoleBinding", grant.name, nil, tail)]
      }
      return [role] + namespaces.map { object("RoleBinding", grant.name, $0, tail) }
    }
  }

  private static func text(_ key: String, _ value: String) -> Mapping.Entry {
    .init(key: key, value: DocumentNode(.string(value)))
  }

  private static func object(
    _ kind: String, _ name: String, _ namespace: String?, _ fields: [(String, DocumentNode.Content)]
  ) -> DocumentNode {
    let metadata = [text("name", name)] + (namespace.map { [text("namespace", $0)] } ?? [])
    return DocumentNode(
      .object(
        Mapping(
          [
            text("apiVersion", "rbac.authorization.k8s.io/v1"), text("kind", kind),
            .init(key: "metadata", value: DocumentNode(.object(Mapping(metadata)))),
          ] + fields.map { .init(key: $0.0, value: DocumentNode($0.1)) })))
  }

  private static func subject(_ subject: AccessSubject) -> DocumentNode {
    switch subject {
    case .serviceAccount(let namespace, let name):
      DocumentNode(
        .object(Mapping([text("kind", "ServiceAccount"), text("name", name), text("namespace", namespace)])))
    case .user(let name), .group(let name):
      DocumentNode(
        .object(
          Mapping([text("apiGroup", "rbac.authorization.k8s.io"), text("kind", subject.kind), text("name", name)])))
    }
  }

  package static func rule(_ rule: PolicyRule) -> DocumentNode {
    var entries: [Mapping.Entry] = []
    func add(_ key: String, _ values: [String]) {
      if !values.isEmpty {
        entries.append(.init(key: key, value: DocumentNode(.array(values.map { DocumentNode(.string($0)) }))))
      }
    }
    add("apiGroups", rule.apiGroups)
    add("resources", rule.resources)
    add("resourceNames", rule.resourceNames)
    add("nonResourceURLs", rule.nonResourceURLs)
    add("verbs", rule.verbs)
    return DocumentNode(.object(Mapping(entries)))
  }
}
