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
    if control.id == "runAsNonRoot", Self.hasOtherUser(workload.template) {
      // The standard wants the field; that it may run as root would not be true.
      return .fail(
        Failure(
          message: violation.detail, evidence: evidence, severity: .low, fix: fix,
          title: "Does not refuse to run as root"))
    }
    if control.id == "hostPathVolumes",
      HostPathMount.all(in: workload.template).allSatisfy({ $0.readOnly && !$0.isDangerousToRead })
    {
      // Time zones, certificates of authorities, logs: against the standard, and no way onto the node.
      return .fail(violation.detail, evidence, severity: .medium, fix: fix)
    }
    return .fail(violation.detail, evidence, fix: fix)
  }

  /// Whether every container runs as a user by number that is not root, or on Windows by a name that is not an
  /// administrator's.
  private static func hasOtherUser(_ template: PodTemplate) -> Bool {
    let pod = template.securityContext?["runAsUser"]?.int
    guard !template.containers.isEmpty,
      template.securityContext?["runAsNonRoot"]?.bool != false
    else { return false }
    if template.spec[path: "os", "name"]?.string == "windows" {
      return template.containers.allSatisfy { container in
        let contexts = [container.securityContext, template.securityContext].compactMap { $0 }
        let user = contexts.lazy.compactMap { $0[path: "windowsOptions", "runAsUserName"]?.text }.first
        return user.map { !WindowsAdministrator.isOne($0) } ?? false
      }
    }
    return template.containers.allSatisfy { container in
      (container.securityContext?["runAsUser"]?.int ?? pod ?? 0) > 0
        && container.securityContext?["runAsNonRoot"]?.bool != false
    }
  }
}
