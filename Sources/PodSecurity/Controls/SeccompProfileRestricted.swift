import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let seccompProfileRestricted = PodSecurityControl(
    id: "seccompProfile_restricted", level: .restricted, overrides: ["seccompProfile_baseline"],
    revisions: [(19, requiredSeccomp), (25, exceptWindows(requiredSeccomp))],
    metadata: CheckMetadata(
      id: "pss-seccomp-restricted", title: "No seccomp profile", area: .podSecurity, severity: .medium,
      rationale:
        "Unless the kubelet was told otherwise, a pod that names no seccomp profile runs unconfined: every system call, and every flaw of the kernel behind it, is within reach.",
      remediation: "Set `seccompProfile.type: RuntimeDefault` for the pod.",
      example: """
        spec:
          securityContext:
            seccompProfile:
              type: RuntimeDefault
        """,
      controls: [.pss("restricted/seccompProfile"), .cis("5.6.2"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage],
      aliases: ["kubescape:C-0210", "trivy:KSV-0030", "trivy:KSV-0104", "checkov:CKV_K8S_31"]))

  private static let requiredSeccomp: Rule = { template in
    let explicit = explicitSeccomp(template)
    if !explicit.setters.isEmpty { return explicit.violation }
    if template.securityContext?["seccompProfile"] != nil { return nil }
    let bad = template.containers.filter { $0.securityContext?["seccompProfile"] == nil }
    guard !bad.isEmpty else { return nil }
    return PodSecurityViolation(
      reason: "seccompProfile",
      detail:
        "pod or \(PodSecurityText.containers(bad.map(\.name))) must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
      evidence: [template.evidence("securityContext", "seccompProfile", "type")],
      edits: [Edit(template.path + ".securityContext.seccompProfile.type", .set(.text("RuntimeDefault")))])
  }
}
