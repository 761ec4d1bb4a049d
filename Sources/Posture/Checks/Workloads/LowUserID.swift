import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at `runAsUser` by `NodeIdentity`, which knows what counts as low.
package struct LowUserID: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "low-user-id", title: "Low user ID that may exist on the node", area: .workloads, severity: .low,
    rationale:
      "User numbers are the node's: a process that escapes, or reads a mounted path, has the rights of whatever account of the node bears the same number.",
    remediation:
      "Use a number above 10000.",
    example: """
      spec:
        securityContext:
          runAsUser: 10001
      """,
    controls: [.nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Security context", "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/")
    ],
    aliases: ["trivy:KSV-0020", "checkov:CKV_K8S_40", "kube-score:container-security-context-user-group-id"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let evidence = NodeIdentity.low("runAsUser", in: workload)
    let ids = Set(evidence.compactMap(\.value).compactMap(Int.init)).sorted().map(String.init)
    return .failing(
      on: evidence,
      "\(Phrase.noun(ids.count, "user", "users")) \(Phrase.list(ids)) may be \(Phrase.noun(ids.count, "an account", "accounts")) of the node"
    )
  }
}
