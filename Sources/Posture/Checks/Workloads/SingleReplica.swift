import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for Deployments with one replica that no autoscaler scales.
package struct SingleReplica: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "single-replica", title: "One replica only", area: .workloads, severity: .info,
    rationale:
      "One pod is one node failure, one eviction or one attack on availability away from an outage.",
    remediation:
      "Run at least two replicas of what others depend on.",
    example: """
      spec:
        replicas: 2
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference("Deployments", "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/")
    ],
    aliases: [
      "polaris:deploymentMissingReplicas", "kube-linter:minimum-three-replicas", "kube-score:deployment-replicas",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard workload.object.groupKind == GroupKind("apps", "Deployment"), let spec = workload.object.spec else {
      return .notApplicable
    }
    // An autoscaler decides the number of replicas.
    guard !context.isAutoscaled(workload.object), spec["replicas"]?.int ?? 1 == 1 else { return .pass }
    return .fail("it runs one pod", [Evidence(in: spec, path: "spec", ["replicas"])])
  }
}
