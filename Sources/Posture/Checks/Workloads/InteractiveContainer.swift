import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for `stdin` and `tty`. Ephemeral containers are exempt: a terminal is what they are for.
package struct InteractiveContainer: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "interactive-container", title: "Keeps a terminal open", area: .workloads, severity: .info,
    rationale:
      "A container with stdin or a terminal waits for a person: a shell that was left behind serves whoever attaches to it.",
    remediation:
      "Remove `stdin` and `tty`; use `kubectl debug` when you need to look.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            command: ["/app"]
      """,
    controls: [.nsa("pod-security"), .mitre("T1609")],
    references: [
      Reference("Debug running pods", "https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let bad = workload.containers.filter { $0.role != .ephemeral }.flatMap { container in
      ["stdin", "tty"].filter { container.node[$0]?.bool == true }.map { container.evidence($0) }
    }
    return .failing(
      on: bad, "\(listed("field", bad.map { String($0.path.split(separator: ".").last ?? "") })) keeps a terminal open",
      fix: Fix(bad.map { Edit($0.path, .remove) }, caution: "a program that reads its input ends at once"))
  }
}
