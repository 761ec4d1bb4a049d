import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for a PodDisruptionBudget that selects the pods of each Deployment or StatefulSet with more than one replica.
package struct MissingDisruptionBudget: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-disruption-budget", title: "No disruption budget", area: .workloads, severity: .info,
    rationale:
      "A drain, or whoever may evict, takes all pods away at once.",
    remediation:
      "Add a PodDisruptionBudget that lets one pod at a time go.",
    example: """
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata:
        name: web
      spec:
        maxUnavailable: 1
        selector:
          matchLabels:
            app: web
      """,
    controls: [.nsa("pod-security"), .mitre("T1489")],
    references: [
      Reference("Disruptions", "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/")
    ],
    aliases: [
      "polaris:missingPodDisruptionBudget", "kube-score:statefulset-has-poddisruptionbudget",
      "kube-score:deployment-has-poddisruptionbudget",
    ],
    absenceOf: [GroupKind("policy", "PodDisruptionBudget")])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard ["Deployment", "StatefulSet"].contains(workload.object.kind), let spec = workload.object.spec,
      spec["replicas"]?.int ?? 1 > 1
    else { return .notApplicable }
    let covered = context.hasBudget(workload.template.labels, namespace: workload.object.effectiveNamespace)
    return covered ? .pass : .fail("no budget covers its pods", [Evidence(in: spec, path: "spec", ["replicas"])])
  }
}
