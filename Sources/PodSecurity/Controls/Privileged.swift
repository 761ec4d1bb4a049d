import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let privileged = PodSecurityControl(
    id: "privileged", level: .baseline,
    revisions: [
      (
        0,
        { template in
          let bad = template.containers.filter { $0.securityContext?["privileged"]?.bool == true }
          guard !bad.isEmpty else { return nil }
          return PodSecurityViolation(
            reason: "privileged",
            detail: "\(PodSecurityText.containers(bad.map(\.name))) must not set securityContext.privileged=true",
            evidence: bad.map { $0.evidence("securityContext", "privileged") },
            edits: bad.map { Edit($0.path + ".securityContext.privileged", .set(.bool(false))) })
        }
      )
    ],
    metadata: CheckMetadata(
      id: "pss-privileged", title: "Privileged container", area: .podSecurity, severity: .critical,
      rationale:
        "A privileged container has every capability, sees the node's devices and has no confinement. Whoever runs code in it owns the node, and with the node the tokens of every pod on it.",
      remediation:
        "Remove `privileged: true`. Where the program needs something of the node, grant that one thing: a single capability, a device plugin, a read-only mount.",
      example: """
        spec:
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              securityContext:
                privileged: false
        """,
      controls: [.pss("baseline/privileged"), .cis("5.2.2"), .nsa("pod-security"), .mitre("T1611"), .mitre("T1610")],
      references: [standardsPage],
      aliases: [
        "kubescape:C-0057", "trivy:KSV-0017", "kube-linter:privileged-container",
        "polaris:runAsPrivileged", "checkov:CKV_K8S_16", "kube-score:container-security-context-privileged",
      ]))
}
