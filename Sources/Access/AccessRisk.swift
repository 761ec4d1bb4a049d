package import Findings

/// A known way to turn permissions into more than they seem to give.
package struct AccessRisk: Sendable {
  /// Where the way leads.
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

  /// Stable id, that of the check in `scan` as well.
  package let id: String
  package let title: String
  /// Alternatives; all capabilities of one of them are needed.
  package let needs: [[AccessCapability]]
  package let scope: Scope
  package let outcome: Outcome
  /// Severity when granted cluster-wide, and in one namespace.
  package let severity: (cluster: Severity, namespace: Severity)
  package let rationale: String
  package let fix: String
  package let controls: [Control]
  package let reference: Reference
  /// Ids of the same rule in other tools, as `tool:id`.
  package var aliases: [String] = []

  /// How a set of capabilities meets the needs: without restriction, for some names only, or not at all.
  package enum Match: Sendable, Comparable {
    case no
    case named
    case full
  }

  package func match(_ set: CapabilitySet) -> Match {
    // Somebody who may do everything is reported as that and nothing else.
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
    // A way that is open for one name only is a step lower.
    return match == .named ? Severity(rawValue: base.rawValue - 1) ?? base : base
  }
}
