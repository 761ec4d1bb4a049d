/// A kind of objects regardless of version: `apps/Deployment`, or `Pod` in the core group.
package struct GroupKind: Sendable, Hashable, Comparable {
  package let group: String
  package let kind: String

  package init(_ group: String, _ kind: String) {
    self.group = group
    self.kind = kind
  }

  package var text: String { group.isEmpty ? kind : "\(group)/\(kind)" }

  package static func < (a: GroupKind, b: GroupKind) -> Bool { (a.group, a.kind) < (b.group, b.kind) }

  package static let pod = GroupKind("", "Pod")
  package static let namespace = GroupKind("", "Namespace")
  package static let service = GroupKind("", "Service")
  package static let serviceAccount = GroupKind("", "ServiceAccount")
  package static let secret = GroupKind("", "Secret")
  package static let configMap = GroupKind("", "ConfigMap")
  package static let ingress = GroupKind("networking.k8s.io", "Ingress")
  package static let networkPolicy = GroupKind("networking.k8s.io", "NetworkPolicy")
  package static let role = GroupKind("rbac.authorization.k8s.io", "Role")
  package static let clusterRole = GroupKind("rbac.authorization.k8s.io", "ClusterRole")
  package static let roleBinding = GroupKind("rbac.authorization.k8s.io", "RoleBinding")
  package static let clusterRoleBinding = GroupKind("rbac.authorization.k8s.io", "ClusterRoleBinding")
}
