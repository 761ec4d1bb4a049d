import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at `runAsGroup` by `NodeIdentity`, which knows what counts as low.
package struct LowGroupID: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "low-group-id", title: "Low group ID that may exist on the node", area: .workloads, severity: .info,
    rationale:
      "Numbers below 10,000 are groups of the node, too; after a break-out the process owns what they own.",
    remediation:
      "Choose a group number of at least 10,000.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            securityContext:
              runAsGroup: 10001
      """,
    controls: [.nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Security context", "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/")
    ],
    aliases: ["trivy:KSV-0021", "kube-score:container-security-context-user-group-id"])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let evidence = NodeIdentity.low("runAsGroup", in: workload)
    let ids = Set(evidence.compactMap(\.value).compactMap(Int.init)).sorted().map(String.init)
    return .failing(
      on: evidence,
      "\(Phrase.noun(ids.count, "group", "groups")) \(Phrase.list(ids)) may be \(Phrase.noun(ids.count, "a group", "groups")) of the node"
    )
  }
}
