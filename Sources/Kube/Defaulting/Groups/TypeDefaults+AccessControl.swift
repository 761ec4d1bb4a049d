import Bytes

/// Source: `pkg/apis/rbac/v1/defaults.go` of Kubernetes 1.36.
extension TypeDefaults {
  static let accessControl: [String: TypeDefaults] = [
    "rbac/v1.RoleRef": TypeDefaults([("apiGroup", "rbac.authorization.k8s.io")]),
    "rbac/v1.Subject": TypeDefaults(begin: { fields in
      if fields.isEmpty("apiGroup"), ["User", "Group"].contains(fields.string("kind")) {
        fields["apiGroup"] = "rbac.authorization.k8s.io"
      }
    }),
  ]
}
