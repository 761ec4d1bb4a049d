package import Admission
package import Findings
import Kube

/// What policies say as findings of checks: a policy is a check, with severity, title and remedy from its annotations.
package struct PolicyFindings: Sendable {
  /// Annotations of a policy that say what reports say of it.
  package enum Annotation {
    static let severity = "bartizan.dev/severity"
    static let title = "bartizan.dev/title"
    static let rationale = "bartizan.dev/rationale"
    static let remediation = "bartizan.dev/remediation"
    static let url = "bartizan.dev/url"
  }

  package let rules: [RuleMetadata]
  package let findings: [Finding]
  package let gaps: [NotEvaluated]
  /// How the verdicts of each policy fell out, an object each.
  package let byCheck: [CheckID: ScanResult.Tally]
  private let objects: Int

  /// - Parameter isWanted: whether a policy is told of, by its name.
  package init(
    _ verdicts: ObjectVerdicts, _ policies: PolicySet, isWanted: (String) -> Bool = { _ in true }
  ) {
    var rules: [String: RuleMetadata] = [:]
    func rule(_ name: String) -> RuleMetadata {
      if let known = rules[name] { return known }
      let made = Self.rule(name, policies)
      rules[name] = made
      return made
    }
    findings = verdicts.violations.filter { isWanted($0.policy) }.map { violation in
      let rule = rule(violation.policy)
      return Finding(
        check: CheckID(violation.policy), severity: rule.severity, title: rule.title, message: violation.message,
        subject: violation.object.subject, location: violation.object.location, evidence: [],
        remediation: rule.remediation, references: rule.references, controls: [],
        identity: "\(violation.object.name) \(violation.binding ?? "") \(violation.message)")
    }
    gaps =
      verdicts.gaps.filter { $0.policy.map(isWanted) ?? true }.map {
        NotEvaluated(check: $0.policy.map { CheckID($0) }, subject: $0.object.subject, reason: $0.reason)
      }
      + policies.refused.filter { isWanted($0.object.name) }.map {
        NotEvaluated(check: CheckID($0.object.name), subject: nil, reason: $0.refusal.message)
      }
      + policies.untranslated.filter { isWanted($0.object.name) }.map {
        NotEvaluated(check: CheckID($0.object.name), subject: nil, reason: $0.reason)
      }
    for hook in policies.validating.hooks where isWanted(hook.policy.name) { _ = rule(hook.policy.name) }
    self.rules = rules.values.sorted { $0.id.rawValue < $1.id.rawValue }
    objects = verdicts.objects
    var byCheck: [CheckID: ScanResult.Tally] = [:]
    func subjects(_ items: [(policy: String, subject: Subject)]) -> [String: Set<Subject>] {
      Dictionary(grouping: items, by: \.policy).mapValues { Set($0.map(\.subject)) }
    }
    let failed = subjects(verdicts.violations.map { ($0.policy, $0.object.subject) })
    let missing = subjects(verdicts.gaps.compactMap { gap in gap.policy.map { ($0, gap.object.subject) } })
    for name in Set(verdicts.applied.keys).union(failed.keys).union(missing.keys) where isWanted(name) {
      var tally = ScanResult.Tally()
      tally.failed = failed[name]?.count ?? 0
      tally.notEvaluated = missing[name]?.count ?? 0
      tally.passed = max(0, (verdicts.applied[name] ?? 0) - tally.failed)
      byCheck[CheckID(name)] = tally
    }
    self.byCheck = byCheck
  }

  /// A result of policies alone.
  package var result: ScanResult {
    ScanResult(
      findings: findings, problems: [], notEvaluated: gaps, tally: ScanResult.Tally(), objects: objects, workloads: 0,
      namespaces: 0, checks: rules.count)
  }

  private static func rule(_ name: String, _ policies: PolicySet) -> RuleMetadata {
    let annotations = policies.source(validating: name)?.annotations ?? [:]
    return RuleMetadata(
      id: CheckID(name), title: annotations[Annotation.title] ?? "Refused by the policy \(name)",
      severity: annotations[Annotation.severity].flatMap { Severity(name: $0) } ?? .medium,
      rationale: annotations[Annotation.rationale] ?? "The ValidatingAdmissionPolicy \(name) is not met.",
      remediation: annotations[Annotation.remediation] ?? "Change the object so that the policy is met.",
      references: annotations[Annotation.url].map { [Reference("Policy", $0)] } ?? [])
  }
}
