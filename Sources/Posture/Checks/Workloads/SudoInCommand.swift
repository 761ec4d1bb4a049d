import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for the word `sudo` in commands and arguments, by `CommandText`.
package struct SudoInCommand: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "sudo-in-command", title: "Starts through sudo", area: .workloads, severity: .medium,
    rationale:
      "sudo in an image means a setuid program that makes root of whoever may call it; a container that needs it was built to be root in disguise.",
    remediation:
      "Run as the user that the program needs, and take sudo out of the image.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            command: ["/app"]
      """,
    controls: [.nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Security context", "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/")
    ],
    aliases: [
      "kubescape:C-0062"
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let evidence = CommandText.evidence(in: workload) { CommandText.words($0).contains("sudo") }
    return .failing(on: evidence, "its command calls sudo")
  }
}
