import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for `shareProcessNamespace` in pods with more than one container.
package struct SharedProcessNamespace: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "shared-process-namespace", title: "Containers see each other's processes", area: .workloads, severity: .low,
    rationale:
      "With a shared process namespace every container of the pod reads the environment, the files (through /proc) and the memory of the others: one broken sidecar has all secrets of the pod.",
    remediation:
      "Remove `shareProcessNamespace`; debug with ephemeral containers that name their target.",
    example: """
      spec:
        shareProcessNamespace: false
      """,
    controls: [.nsa("pod-security"), .mitre("T1552"), .mitre("T1057")],
    references: [
      Reference(
        "Share process namespace", "https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/")
    ],
    aliases: [])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard workload.template.spec["shareProcessNamespace"]?.bool == true, workload.containers.count > 1 else {
      return .pass
    }
    return .fail(
      "its \(workload.containers.count) containers see each other's processes",
      [workload.template.evidence("shareProcessNamespace")],
      fix: Fix(
        [Edit(workload.template.path + ".shareProcessNamespace", .remove)],
        caution: "a sidecar that signals or debugs the other container needs it"))
  }
}
