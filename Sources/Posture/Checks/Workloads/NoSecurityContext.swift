import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for containers without any security context in a pod that has none either.
package struct NoSecurityContext: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "no-security-context", title: "No security context at all", area: .workloads, severity: .low,
    rationale:
      "Whoever wrote it did not think of privileges: the container runs as the image says, often as root, with the runtime's default capabilities.",
    remediation:
      "Start from the restricted profile; `bartizan pss headroom` says how close each workload is.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            securityContext:
              allowPrivilegeEscalation: false
              runAsNonRoot: true
              capabilities:
                drop: [ALL]
      """,
    controls: [.cis("5.6.3"), .nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Security context", "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/")
    ],
    aliases: [
      "trivy:KSV-0118", "kubescape:C-0211", "checkov:CKV_K8S_29", "checkov:CKV_K8S_30",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    func isEmpty(_ node: DocumentNode?) -> Bool { node?.entries.isEmpty ?? true }
    guard isEmpty(workload.template.securityContext) else { return .pass }
    let bad = workload.containers.filter { isEmpty($0.securityContext) }
    return .failing(
      on: bad.map { $0.evidence("securityContext") },
      "\(listed("container", bad.map(\.name))) \(verb(bad.map(\.name), "leaves", "leave")) every right to the image")
  }
}
