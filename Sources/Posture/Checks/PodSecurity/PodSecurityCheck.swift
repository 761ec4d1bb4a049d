import Bytes
import Findings
package import Kube
package import PodSecurity

/// A control of the Pod Security Standards as a check of the catalogue.
package struct PodSecurityCheck: WorkloadCheck {
  package let control: PodSecurityControl
  private let overridden: [PodSecurityControl]

  package init(control: PodSecurityControl) {
    self.control = control
    overridden = PodSecurityStandard.controls.filter { control.overrides.contains($0.id) }
  }

  package var metadata: CheckMetadata { control.metadata }

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard control.isDefined(at: context.podSecurityVersion) else { return .notApplicable }
    guard let violation = control.evaluate(workload.template, version: context.podSecurityVersion) else { return .pass }
    // What the baseline control reports, its restricted counterpart does not repeat.
    let known = overridden.compactMap { $0.evaluate(workload.template, version: context.podSecurityVersion) }.flatMap(
      \.evidence)
    let evidence = known.isEmpty ? violation.evidence : violation.evidence.filter { !known.contains($0) }
    guard !evidence.isEmpty else { return .pass }
    let fix = PodSecurityFix.fix(for: control, violation, workload.template, evidence: evidence)
    return .fail(violation.detail, evidence, fix: fix)
  }
}
