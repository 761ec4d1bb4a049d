package import Findings

/// What a report says of a rule, whoever made it.
package struct RuleDescription: Sendable {
  package let id: String
  package let title: String
  package let severity: Severity
  package let rationale: String
  package let remediation: String
  package let controls: [Control]
  package let url: String

  package init(
    id: String, title: String, severity: Severity, rationale: String, remediation: String, controls: [Control],
    url: String
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.rationale = rationale
    self.remediation = remediation
    self.controls = controls
    self.url = url
  }
}
