import Bytes
import Findings
import Kube

extension PodSecurityControl {
  static let procMount = PodSecurityControl(
    id: "procMount", level: .baseline,
    revisions: [(0, unmaskedProc), (35, exceptUserNamespaces(unmaskedProc))],
    metadata: CheckMetadata(
      id: "pss-proc-mount", title: "Unmasks /proc", area: .podSecurity, severity: .high,
      rationale:
        "The runtime hides parts of /proc that steer the kernel. With `Unmasked` a container sees and may write them, which is a step to the node.",
      remediation: "Remove `procMount`, or set it to `Default`.",
      example: """
        spec:
          containers:
            - name: app
              image: registry.example.com/app:1.4.2
              securityContext:
                procMount: Default
        """,
      controls: [.pss("baseline/procMount"), .nsa("pod-security"), .mitre("T1611")],
      references: [standardsPage], aliases: ["trivy:KSV-0027", "kube-linter:unsafe-proc-mount", "polaris:procMount"]))

  static let unmaskedProc: Rule = { template in
    let bad = template.containers.compactMap { container -> (Container, String)? in
      guard let value = container.securityContext?["procMount"]?.text, value != "Default" else { return nil }
      return (container, value)
    }
    guard !bad.isEmpty else { return nil }
    return PodSecurityViolation(
      reason: "procMount",
      detail:
        "\(PodSecurityText.containers(bad.map(\.0.name))) must not set securityContext.procMount to \(PodSecurityText.quoted(Set(bad.map(\.1)).sorted()))",
      evidence: bad.map { $0.0.evidence("securityContext", "procMount") },
      edits: bad.map { Edit($0.0.path + ".securityContext.procMount", .remove) })
  }
}
