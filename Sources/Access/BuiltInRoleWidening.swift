import Bytes
package import Findings
package import Kube

/// What a ClusterRole adds to a role that comes with the cluster: by its own name, or to those that gather it by its labels: whoever holds one of them gets it without a binding.
///
/// Source: kubernetes.io, "Using RBAC Authorization", "Aggregated ClusterRoles" and "User-facing roles".
package struct BuiltInRoleWidening: Sendable {
  /// Names of the roles that are widened: `view`, `edit`, `admin`, the least first.
  package let roles: [String]
  /// Risks that at least one of them did not carry, worst first.
  package let risks: [AccessRisk]
  /// Of the worst, where the role is bound in a namespace; medium at most where it takes one for the whole cluster.
  package let severity: Severity
  /// Whether only those hold the new rights to whom a role is bound in the whole cluster.
  package let isClusterWide: Bool

  /// The label of the first of the roles.
  package var label: String { Self.prefix + (roles.first ?? "") }

  private static let prefix = BootstrapPolicy.gatheringPrefix
  private static let names = ["view", "edit", "admin"]

  /// The built-in roles as every new cluster has them; each gathers the one before it.
  private static let builtIn: [(name: String, rules: [PolicyRule])] = {
    let inventory = AccessInventory(ClusterSnapshot.Builder().build())
    return names.compactMap { name in
      inventory.roles.first { $0.name == name && $0.namespace == nil }.map { (name, $0.rules) }
    }
  }()

  /// - Returns: nil for a role that comes with Kubernetes, is gathered by none of them, or adds nothing dangerous.
  package init?(_ object: KubeObject) {
    guard object.groupKind == .clusterRole else { return nil }
    let labels = object.labels
    guard let first = Self.names.firstIndex(where: { labels[Self.prefix + $0] == "true" }),
      !AccessInventory.isBootstrapRole(object)
    else { return nil }
    let own = PolicyRule.written(in: object)
    var roles: [String] = []
    var found: [AccessRisk] = []
    var worst: Severity?
    var isClusterWide = true
    for (name, rules) in Self.builtIn where Self.names[first...].contains(name) {
      let before = CapabilitySet(rules, inNamespace: true)
      let after = CapabilitySet(rules + own, inNamespace: true)
      let everywhere = (CapabilitySet(rules, inNamespace: false), CapabilitySet(rules + own, inNamespace: false))
      let new = AccessRiskCatalogue.risks.filter { risk in
        risk.applies(toNamespace: "")
          ? risk.match(after) > risk.match(before) : risk.match(everywhere.1) > risk.match(everywhere.0)
      }
      guard !new.isEmpty else { continue }
      roles.append(name)
      for risk in new {
        if !found.contains(where: { $0.id == risk.id }) { found.append(risk) }
        let isOfNamespaces = risk.applies(toNamespace: "")
        if isOfNamespaces { isClusterWide = false }
        // The built-in roles are bound in namespaces as a rule, where these rights have no effect.
        let severity =
          isOfNamespaces
          ? risk.severity(risk.match(after), namespace: "")
          : min(risk.severity(risk.match(everywhere.1), namespace: nil), .medium)
        worst = max(worst ?? severity, severity)
      }
    }
    guard let worst else { return nil }
    self.roles = roles
    risks = found.sorted { ($1.severity.namespace, $0.id) < ($0.severity.namespace, $1.id) }
    severity = worst
    self.isClusterWide = isClusterWide
  }
}
