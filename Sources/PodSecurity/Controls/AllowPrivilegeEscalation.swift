import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let allowPrivilegeEscalation = PodSecurityControl(
    id: "allowPrivilegeEscalation", level: .restricted,
    revisions: [(8, privilegeEscalation), (25, exceptWindows(privilegeEscalation))],
    metadata: CheckMetadata(
      id: "pss-allow-privilege-escalation", title: "May gain privileges through setuid programs", area: .podSecurity,
      severity: .medium,
      rationale:
        "Unless it is switched off, a process in the container becomes root through any setuid program of the image, and a flaw in one of them is enough.",
      remediation: "Set `allowPrivilegeEscalation: false` in every container.",
      example: """
        spec:
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              securityContext:
                allowPrivilegeEscalation: false
        """,
      controls: [
        .pss("restricted/allowPrivilegeEscalation"), .cis("5.2.6"), .nsa("pod-security"), .mitre("T1611"),
      ],
      references: [standardsPage],
      aliases: [
        "kubescape:C-0016", "trivy:KSV-0001", "kube-linter:privilege-escalation-container",
        "polaris:privilegeEscalationAllowed", "checkov:CKV_K8S_20",
      ]))

  private static let privilegeEscalation: Rule = { template in
    let bad = template.containers.filter { $0.securityContext?["allowPrivilegeEscalation"]?.bool != false }
    guard !bad.isEmpty else { return nil }
    return PodSecurityViolation(
      reason: "allowPrivilegeEscalation != false",
      detail:
        "\(PodSecurityText.containers(bad.map(\.name))) must set securityContext.allowPrivilegeEscalation=false",
      evidence: bad.map { $0.evidence("securityContext", "allowPrivilegeEscalation") },
      edits: bad.map { Edit($0.path + ".securityContext.allowPrivilegeEscalation", .set(.bool(false))) })
  }
}
