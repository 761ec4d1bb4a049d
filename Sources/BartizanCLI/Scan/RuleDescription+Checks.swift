import Findings
import PodSecurity
import Posture
import Report

extension RuleDescription {
  init(_ metadata: CheckMetadata) {
    self.init(
      id: metadata.id.rawValue, title: metadata.title, severity: metadata.severity, rationale: metadata.rationale,
      remediation: metadata.remediation, controls: metadata.controls,
      url: metadata.references.first?.url ?? "https://bartizan.dev")
  }

  init(_ point: ReviewPoint) {
    self.init(
      id: point.id, title: point.title, severity: point.severity, rationale: point.rationale,
      remediation: point.remediation, controls: [], url: point.references.first?.url ?? "https://bartizan.dev")
  }
}
