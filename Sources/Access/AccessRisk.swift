package import Findings

/// A known way to turn permissions into more than they appear to give.
package struct AccessRisk: Sendable {
  /// What an attacker ends up with.
  package enum Outcome: String, Sendable {
    case clusterAdmin = "cluster admin"
    case node = "a node"
    case secrets = "secrets"
    case accounts = "other service accounts"
    case traffic = "other people's traffic"
    case bypass = "admission bypassed"
    case data = "data"
    case disruption = "disruption"
  }

  /// Where a permission must hold to carry the risk.
  package enum Scope: Sendable {
    /// In any namespace, or everywhere.
    case any
    /// Only when granted cluster-wide: the resource has no namespace.
    case cluster
    /// Everywhere, or in kube-system.
    case kubeSystem
  }

  /// Stable id, which is also the id of the check in `scan`.
  package let id: String
  package let title: String
  /// Alternatives: each inner list is sufficient, and needs all of its capabilities.
  package let needs: [[AccessCapability]]
  package let scope: Scope
  package let outcome: Outcome
  /// Severity of a cluster-wide grant, and of one in a single namespace.
  package let severity: (cluster: Severity, namespace: Severity)
  package let rationale: String
  package let fix: String
  package let controls: [Control]
  package let reference: Reference
  /// Ids of the same rule in other tools, as `tool:id`.
  package var aliases: [String] = []

  /// How a set of capabilities meets the needs: fully, for some names only, or not at all.
  package enum Match: Sendable, Comparable {
    case no
    case named
    case full
  }

  /// The title as it stands within a sentence: `may read secrets`.
  package var deed: String { title.prefix(1).lowercased() + title.dropFirst() }

  package func match(_ set: CapabilitySet) -> Match {
    // A subject that may do everything is reported for that alone.
    if set.has(.everything), !needs.contains([.everything]) { return .no }
    if needs.contains(where: set.hasAll) { return .full }
    return needs.contains { $0.allSatisfy(set.hasNamed) } ? .named : .no
  }

  package func applies(toNamespace namespace: String?) -> Bool {
    switch scope {
    case .any: true
    case .cluster: namespace == nil
    case .kubeSystem: namespace == nil || namespace == "kube-system"
    }
  }

  package func severity(_ match: Match, namespace: String?) -> Severity {
    let base =
      namespace == nil
      ? severity.cluster : namespace == "kube-system" ? max(severity.namespace, .high) : severity.namespace
    // A right that is limited to names is one step less severe.
    return match == .named ? Severity(rawValue: base.rawValue - 1) ?? base : base
  }
}
