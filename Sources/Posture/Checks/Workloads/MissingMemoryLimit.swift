import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at `resources.limits.memory` of regular containers and sidecars. A limit for the whole pod is enough.
package struct MissingMemoryLimit: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-memory-limit", title: "No memory limit", area: .workloads, severity: .low,
    rationale:
      "A container without a memory limit can take the node's: an attacker, or a leak, stops its neighbours with it.",
    remediation:
      "Set `resources.limits.memory` for every container, or a LimitRange for the namespace.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            resources:
              requests:
                memory: 128Mi
              limits:
                memory: 256Mi
      """,
    controls: [.nsa("pod-security"), .mitre("T1496"), .mitre("T1499")],
    references: [
      Reference("Resource management", "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/")
    ],
    aliases: [
      "kubescape:C-0271", "trivy:KSV-0018", "kube-linter:unset-memory-requirements", "polaris:memoryLimitsMissing",
      "checkov:CKV_K8S_13", "kube-score:container-resources",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    if context.hasLimit("memory", workload) { return .pass }
    // Init containers end before the pod serves; ephemeral containers cannot have limits.
    let bad = workload.containers.filter {
      ($0.role == .regular || $0.role == .sidecar) && $0.node[path: "resources", "limits", "memory"] == nil
    }
    return .failing(
      on: bad.map { $0.evidence("resources", "limits", "memory") },
      "\(listed("container", bad.map(\.name))) can take all memory of the node")
  }
}
