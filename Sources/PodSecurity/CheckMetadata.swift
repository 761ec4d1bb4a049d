package import Findings
package import Kube

/// Everything there is to say about a check: its rule, and what a scan must have seen to judge by it. `checks explain`, the
/// pages in `docs/checks`, the SARIF rules and the findings all read from here, so that they cannot drift apart.
@dynamicMemberLookup
package struct CheckMetadata: Sendable {
  package enum Area: String, Sendable, CaseIterable {
    case podSecurity = "pod-security"
    case access
    case workloads
    case network
    case images
    case cluster
    case imageBuild = "image-build"
    case registry

    /// The command that runs checks of the area.
    package var command: String {
      switch self {
      case .podSecurity, .access, .workloads, .network, .images, .cluster: "scan"
      case .imageBuild: "image review"
      case .registry: "registry review"
      }
    }
  }

  package let rule: RuleMetadata
  package let area: Area
  /// Kinds whose *absence* the check reports; it cannot be evaluated where they may have been overlooked.
  package let absenceOf: [GroupKind]
  /// Kinds besides the judged object's own that the verdict rests on.
  package let reads: [GroupKind]

  package init(rule: RuleMetadata, area: Area, absenceOf: [GroupKind] = [], reads: [GroupKind] = []) {
    self.rule = rule
    self.area = area
    self.absenceOf = absenceOf
    self.reads = reads
  }

  /// - Parameter example: a fragment of a manifest that is right, in YAML.
  package init(
    id: String, title: String, area: Area, severity: Severity, rationale: String, remediation: String, example: String,
    controls: [Control], references: [Reference], aliases: [String] = [], absenceOf: [GroupKind] = [],
    reads: [GroupKind] = []
  ) {
    self.init(
      rule: RuleMetadata(
        id: CheckID(id), aliases: aliases, title: title, severity: severity, rationale: rationale,
        remediation: remediation, references: references, controls: controls, examples: [RuleExample(example)]),
      area: area, absenceOf: absenceOf, reads: reads)
  }

  /// What the rule says.
  package subscript<Value>(dynamicMember member: KeyPath<RuleMetadata, Value>) -> Value { rule[keyPath: member] }
}
