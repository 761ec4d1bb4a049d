package import Findings
package import Kube

/// The metadata of a check: its rule, and what a scan must have read to judge by it. `checks explain`, the pages in
/// `docs/checks`, SARIF rules and findings all use it, so that they cannot disagree.
@dynamicMemberLookup
package struct CheckMetadata: Sendable {
  /// The groups in which checks are listed; the raw value is the heading in lists and in `docs/checks`.
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
  /// Kinds whose *absence* the check reports. It cannot be evaluated where some of their objects may not have been
  /// read.
  package let absenceOf: [GroupKind]
  /// Kinds that the verdict depends on, besides that of the judged object.
  package let reads: [GroupKind]

  package init(rule: RuleMetadata, area: Area, absenceOf: [GroupKind] = [], reads: [GroupKind] = []) {
    self.rule = rule
    self.area = area
    self.absenceOf = absenceOf
    self.reads = reads
  }

  /// - Parameter example: YAML of a correct manifest, or a part of one.
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

  /// The fields of the rule.
  package subscript<Value>(dynamicMember member: KeyPath<RuleMetadata, Value>) -> Value { rule[keyPath: member] }
}
