package import Kube

/// A manifest with the rights to list what the checks need, and nothing else.
package enum ReaderManifest {
  /// Kinds that other analyses read, where the cluster has them.
  static let beyondChecks: [GroupKind] = [
    GroupKind("", "Node"), GroupKind("", "ReplicationController"),
    GroupKind("policy.networking.k8s.io", "AdminNetworkPolicy"),
    GroupKind("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    GroupKind("policy.networking.k8s.io", "ClusterNetworkPolicy"),
    GroupKind("projectcalico.org", "*"), GroupKind("crd.projectcalico.org", "*"), GroupKind("cilium.io", "*"),
    GroupKind("gateway.networking.k8s.io", "*"), GroupKind("networking.istio.io", "*"),
    GroupKind("security.istio.io", "*"),
  ]

  package static func kinds(_ checks: [any Check] = CheckCatalogue.checks) -> [GroupKind] {
    Set(checks.flatMap(\.needs) + beyondChecks).sorted()
  }

  /// YAML of a Namespace and a ServiceAccount with the right to list what the checks need.
  ///
  /// - Parameter withSecrets: whether Secrets may be listed, which some checks need.
  package static func text(namespace: String, withSecrets: Bool) -> String {
    var groups: [String: Set<String>] = [:]
    for kind in kinds() where withSecrets || kind != .secret {
      groups[kind.group, default: []].insert(kind.kind == "*" ? "*" : ResourceName.plural(kind.kind))
    }
    // Custom groups are few and granted as a whole; a wildcard for the built-in ones would grant too much.
    var rules = ""
    for (group, names) in groups.sorted(by: { $0.key < $1.key }) {
      let shown = names.contains("*") ? ["*"] : names.sorted()
      rules += """
          - apiGroups: ["\(group)"]
            resources: [\(shown.map { $0 == "*" ? "\"*\"" : $0 }.joined(separator: ", "))]
            verbs: [list]

        """
    }
    return """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: \(namespace)
        labels:
          pod-security.kubernetes.io/enforce: restricted
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: bartizan
        namespace: \(namespace)
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        name: bartizan-reader
      rules:
      \(rules)---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata:
        name: bartizan-reader
      roleRef:
        apiGroup: rbac.authorization.k8s.io
        kind: ClusterRole
        name: bartizan-reader
      subjects:
        - kind: ServiceAccount
          name: bartizan
          namespace: \(namespace)

      """
  }
}
