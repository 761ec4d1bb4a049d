import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at `resources.limits.cpu` of every container but ephemeral ones, which cannot have limits.
package struct MissingCPULimit: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-cpu-limit", title: "No CPU limit", area: .workloads, severity: .info,
    rationale:
      "A container without a limit may take every idle cycle of its node: a miner that got in does, and neighbours slow down.",
    remediation:
      "Set `resources.limits.cpu`, or a LimitRange for the namespace. Where throttling hurts more than a noisy neighbour, waive this.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            resources:
              limits:
                cpu: 500m
      """,
    controls: [.nsa("pod-security"), .mitre("T1496")],
    references: [
      Reference("Resource management", "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/")
    ],
    aliases: [
      "trivy:KSV-0011", "kubescape:C-0270", "polaris:cpuLimitsMissing", "checkov:CKV_K8S_11",
      "kube-linter:unset-cpu-requirements",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    if context.hasLimit("cpu", workload) { return .pass }
    let bad = workload.containers.filter {
      $0.role != .ephemeral && $0.node[path: "resources", "limits", "cpu"] == nil
    }
    return .failing(
      on: bad.map { $0.evidence("resources", "limits", "cpu") },
      "no limit of processor time for \(listed("container", bad.map(\.name)))")
  }
}
