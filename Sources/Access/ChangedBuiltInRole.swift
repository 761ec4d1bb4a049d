import Bytes
package import Findings
package import Kube

/// A role that bears the name of one that every cluster has, and grants more: those to whom every cluster grants it have that as
/// well, without a binding that a reviewer would see.
package struct ChangedBuiltInRole: Sendable {
  /// To whom every cluster grants it.
  package let holders: [AccessSubject]
  /// Risks that it does not carry in a new cluster, worst first; empty where what was added is harmless by itself.
  package let risks: [AccessRisk]
  /// Of the worst; one step more where everybody is a holder.
  package let severity: Severity

  /// - Returns: nil for a role that is as it came, that nobody holds by a binding of every cluster, or that has no such name.
  package init?(_ object: KubeObject) {
    let isLocal = object.groupKind == .role
    guard isLocal || object.groupKind == .clusterRole else { return nil }
    let namespace = isLocal ? object.effectiveNamespace : nil
    let rules = PolicyRule.written(in: object)
    guard
      let shipped = ShippedRoles.rules(kind: object.kind, namespace: namespace, name: object.name),
      ShippedRoles.verdict(kind: object.kind, namespace: namespace, name: object.name, rules) == .widened
    else { return nil }
    let holders = BootstrapPolicy.holders(ofRole: object.name, kind: object.kind, namespace: namespace)
    guard !holders.isEmpty else { return nil }
    let before = CapabilitySet(shipped, inNamespace: isLocal)
    let after = CapabilitySet(rules, inNamespace: isLocal)
    let new = AccessRiskCatalogue.risks.filter {
      $0.applies(toNamespace: namespace) && $0.match(after) > $0.match(before)
    }
    let worst = new.map { $0.severity($0.match(after), namespace: namespace) }.max() ?? .info
    self.holders = holders
    risks = new.sorted { ($1.severity.cluster, $0.id) < ($0.severity.cluster, $1.id) }
    severity = holders.contains(where: \.isEverybody) ? Severity(rawValue: worst.rawValue + 1) ?? worst : worst
  }
}
