import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for spread constraints or pod anti-affinity in Deployments and StatefulSets with more than one replica.
package struct PodsOnOneNode: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "pods-on-one-node", title: "Pods may all land on one node", area: .workloads, severity: .info,
    rationale:
      "Without anti-affinity or a spread constraint the replicas may share a node, and its failure or fall takes them all.",
    remediation:
      "Add `topologySpreadConstraints` over `kubernetes.io/hostname`, or a pod anti-affinity.",
    example: """
      spec:
        topologySpreadConstraints:
          - maxSkew: 1
            topologyKey: kubernetes.io/hostname
            whenUnsatisfiable: ScheduleAnyway
            labelSelector:
              matchLabels:
                app: web
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference(
        "Topology spread constraints",
        "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/")
    ],
    aliases: [
      "polaris:topologySpreadConstraint", "kube-linter:no-anti-affinity",
      "kube-score:deployment-has-host-podantiaffinity", "kube-score:statefulset-has-host-podantiaffinity",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard ["Deployment", "StatefulSet"].contains(workload.object.kind),
      workload.object.spec?["replicas"]?.int ?? 1 > 1
    else { return .notApplicable }
    let spec = workload.template.spec
    if !(spec["topologySpreadConstraints"]?.elements ?? []).isEmpty || spec[path: "affinity", "podAntiAffinity"] != nil
    {
      return .pass
    }
    return .fail("nothing spreads its pods over nodes", [workload.template.evidence("topologySpreadConstraints")])
  }
}
