import Bytes
import Findings
package import Kube
package import PodSecurity

package struct SystemPriority: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "system-priority", title: "System priority class", area: .workloads, severity: .medium,
    rationale:
      "A pod with a system priority pushes others off full nodes, and is itself the last to go: enough to take a cluster's room away from what runs in it.",
    remediation:
      "Make a PriorityClass of your own below one billion.",
    example: """
      spec:
        priorityClassName: important
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference(
        "Pod priority and preemption",
        "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard let name = workload.template.spec["priorityClassName"]?.string,
      ["system-cluster-critical", "system-node-critical"].contains(name)
    else { return .pass }
    if workload.object.namespace == "kube-system" { return .pass }
    return .fail("it runs as \"\(name)\" outside of kube-system", [workload.template.evidence("priorityClassName")])
  }
}
