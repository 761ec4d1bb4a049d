import Access
import TestKit

/// Roles and bindings written in a line.
enum RBACText {
  static func inventory(_ yaml: String) -> AccessInventory { AccessInventory(Fixtures.snapshot(yaml)) }

  static func role(_ kind: String, _ name: String, _ rules: String, namespace: String? = nil) -> String {
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: \(kind)\nmetadata: {name: \(name)\(namespace.map { ", namespace: " + $0 } ?? "")}\nrules: \(rules)\n---\n"
  }

  /// A name that begins with `r-` is that of a Role.
  static func bind(_ role: String, to subjects: String, namespace: String? = nil, name: String? = nil) -> String {
    let kind = namespace == nil ? "ClusterRoleBinding" : "RoleBinding"
    let roleKind = role.hasPrefix("r-") ? "Role" : "ClusterRole"
    return
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: \(kind)\nmetadata: {name: \(name ?? "b-" + role)\(namespace.map { ", namespace: " + $0 } ?? "")}\nroleRef: {kind: \(roleKind), name: \(role)}\nsubjects: \(subjects)\n---\n"
  }
}
