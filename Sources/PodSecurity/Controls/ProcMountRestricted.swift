import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let procMountRestricted = PodSecurityControl(
    id: "procMount_restricted", level: .restricted, overrides: ["procMount"], revisions: [(35, unmaskedProc)],
    metadata: CheckMetadata(
      id: "pss-proc-mount-restricted", title: "Unmasks /proc in a user namespace", area: .podSecurity,
      severity: .medium,
      rationale:
        "Within a user namespace an unmasked /proc is far less dangerous, yet it widens what a flaw of the kernel can be reached through. The restricted level forbids it.",
      remediation: "Remove `procMount`, or set it to `Default`.",
      example: """
        spec:
          hostUsers: false
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              securityContext:
                procMount: Default
        """,
      controls: [.pss("restricted/procMount"), .nsa("pod-security")], references: [standardsPage]))
}
