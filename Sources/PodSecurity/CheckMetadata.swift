import Bytes
package import Findings
package import Kube

/// All that a person needs to know of a check; its page in `docs/checks` and its rule in SARIF are made from this.
package struct CheckMetadata: Sendable {
  package enum Area: String, Sendable, CaseIterable {
    case podSecurity = "pod-security"
    case access
    case workloads
    case network
    case images
    case cluster
  }

  package let id: CheckID
  /// What is wrong, in a few words, as a heading.
  package let title: String
  package let area: Area
  package let severity: Severity
  /// Why it matters: what an attacker does with it.
  package let rationale: String
  /// What to change.
  package let remediation: String
  /// A fragment of a manifest that is right, in YAML.
  package let example: String
  package let controls: [Control]
  package let references: [Reference]
  /// Ids of the same rule in other tools, as `tool:id`.
  package let aliases: [String]
  /// Kinds whose *absence* the check reports; it cannot be evaluated where they may have been overlooked.
  package let absenceOf: [GroupKind]
  /// Kinds besides the judged object's own that the verdict rests on.
  package let reads: [GroupKind]

  package init(
    id: String, title: String, area: Area, severity: Severity, rationale: String, remediation: String, example: String,
    controls: [Control], references: [Reference], aliases: [String] = [], absenceOf: [GroupKind] = [],
    reads: [GroupKind] = []
  ) {
    self.id = CheckID(id)
    self.title = title
    self.area = area
    self.severity = severity
    self.rationale = rationale
    self.remediation = remediation
    self.example = example
    self.controls = controls
    self.references = references
    self.aliases = aliases
    self.absenceOf = absenceOf
    self.reads = reads
  }
}
