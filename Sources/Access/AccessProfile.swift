package import Findings

/// The capabilities of every role and subject of an inventory, computed once.
package struct AccessProfile: Sendable {
  package let inventory: AccessInventory
  /// By index of the inventory's roles.
  package let roles: [CapabilitySet]

  package init(_ inventory: AccessInventory) {
    self.inventory = inventory
    roles = inventory.roles.map { CapabilitySet($0.rules) }
  }

  /// What an identity is capable of everywhere.
  package func clusterWide(_ identity: Identity) -> CapabilitySet {
    var set = CapabilitySet()
    for subject in identity.subjects {
      for index in inventory.clusterBindings[subject] ?? [] {
        if let role = inventory.bindings[index].role { set.formUnion(roles[role]) }
      }
    }
    return set
  }

  /// Capabilities of an identity in one namespace, by bindings of that namespace only.
  package func within(_ namespace: String, _ identity: Identity) -> CapabilitySet {
    var set = CapabilitySet()
    guard let table = inventory.namespacedBindings[namespace] else { return set }
    for subject in identity.subjects {
      for index in table[subject] ?? [] {
        if let role = inventory.bindings[index].role { set.formUnion(roles[role]) }
      }
    }
    return set
  }

  /// A risk that one grant carries, or several together.
  package struct Exposure: Sendable {
    package let risk: AccessRisk
    /// Nil: everywhere.
    package let namespace: String?
    package let match: AccessRisk.Match
    package let severity: Severity
    /// Bindings that contribute to it.
    package let bindings: [Int]
  }

  /// Risks of one binding, whatever else its subjects hold.
  package func exposures(ofBinding index: Int) -> [Exposure] {
    let binding = inventory.bindings[index]
    guard let role = binding.role, !roles[role].isEmpty else { return [] }
    return exposures(roles[role], namespace: binding.namespace, bindings: [index])
  }

  private func exposures(_ set: CapabilitySet, namespace: String?, bindings: [Int]) -> [Exposure] {
    AccessRiskCatalogue.risks.compactMap { risk in
      guard risk.applies(toNamespace: namespace) else { return nil }
      let match = risk.match(set)
      guard match > .no else { return nil }
      return Exposure(
        risk: risk, namespace: namespace, match: match, severity: risk.severity(match, namespace: namespace),
        bindings: bindings)
    }
  }

  /// Risks of an identity by everything that it holds, worst first. Cluster-wide risks are not repeated for each
  /// namespace.
  package func exposures(of identity: Identity) -> [Exposure] {
    let cluster = clusterWide(identity)
    let clusterBindings = inventory.bindings(for: identity, namespace: "")
    var result = exposures(cluster, namespace: nil, bindings: clusterBindings)
    let everywhere = Set(result.filter { $0.match == .full }.map(\.risk.id))
    if !cluster.has(.everything) {
      for namespace in inventory.namespaces(of: identity) {
        var set = within(namespace, identity)
        set.formUnion(cluster)
        let bindings = inventory.bindings(for: identity, namespace: namespace)
        result += exposures(set, namespace: namespace, bindings: bindings).filter { !everywhere.contains($0.risk.id) }
      }
    }
    return result.map { exposure in
      let capabilities = exposure.risk.needs.flatMap { $0 }
      return Exposure(
        risk: exposure.risk, namespace: exposure.namespace, match: exposure.match, severity: exposure.severity,
        bindings: exposure.bindings.filter { index in
          inventory.bindings[index].role.map { role in capabilities.contains(where: roles[role].hasNamed) } ?? false
        })
    }.sorted {
      $0.severity != $1.severity
        ? $0.severity > $1.severity : ($0.risk.id, $0.namespace ?? "") < ($1.risk.id, $1.namespace ?? "")
    }
  }
}
