/// How much harm a finding allows, ascending.
package enum Severity: Int, Sendable, CaseIterable, Comparable {
  /// Worth knowing; no action needed.
  case info
  /// Hardening that is missing; harmless alone.
  case low
  /// Makes an attack easier once something else has failed.
  case medium
  /// One step from taking over a workload, its data or its node.
  case high
  /// Takes over the node or the cluster, or is reachable by anybody.
  case critical

  package var name: String {
    switch self {
    case .info: "info"
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    case .critical: "critical"
    }
  }

  /// Any case is accepted; nil for an unknown name.
  package init?(name: String) {
    guard let match = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
    self = match
  }

  package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}
