import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at `resources.limits.ephemeral-storage` of every container but ephemeral ones, which cannot have limits.
package struct MissingEphemeralStorageLimit: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-ephemeral-storage-limit", title: "No ephemeral storage limit", area: .workloads, severity: .info,
    rationale:
      "Logs, emptyDir volumes and the writable layer share the node's disk; a container that fills it has every pod of the node evicted.",
    remediation:
      "Set `resources.limits.ephemeral-storage`, or a LimitRange for the namespace.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            resources:
              limits:
                ephemeral-storage: 1Gi
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference(
        "Local ephemeral storage",
        "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage")
    ],
    aliases: [
      "kube-score:container-ephemeral-storage-request-and-limit"
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    if context.hasLimit("ephemeral-storage", workload) { return .pass }
    let bad = workload.containers.filter {
      $0.role != .ephemeral && $0.node[path: "resources", "limits", "ephemeral-storage"] == nil
    }
    return .failing(
      on: bad.map { $0.evidence("resources", "limits", "ephemeral-storage") },
      "no limit of disk space for \(listed("container", bad.map(\.name)))")
  }
}
