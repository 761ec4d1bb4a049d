import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for tolerations of the NoSchedule taint of control-plane nodes, or of every taint; low for a DaemonSet, which
/// is meant to run on every node.
package struct ControlPlaneScheduling: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "control-plane-scheduling", title: "May run on the control plane", area: .workloads, severity: .medium,
    rationale:
      "Beside the API server and etcd, an escape from a container is the end of the cluster. The taint of these nodes keeps ordinary pods away; this pod tolerates it.",
    remediation:
      "Remove the toleration, or name the taints that are really meant.",
    example: """
      spec:
        tolerations:
          - key: dedicated
            operator: Equal
            value: batch
            effect: NoSchedule
      """,
    controls: [.nsa("pod-security"), .mitre("T1610"), .mitre("T1611")],
    references: [
      Reference(
        "Taints and tolerations", "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let taints: Set<String> = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"]
    let tolerations = workload.template.spec["tolerations"]?.elements ?? []
    let bad = tolerations.enumerated().filter { _, toleration in
      let effect = toleration["effect"]?.string ?? ""
      guard effect.isEmpty || effect == "NoSchedule" else { return false }
      guard let key = toleration["key"]?.string, !key.isEmpty else { return toleration["operator"]?.string == "Exists" }
      return taints.contains(key)
    }
    guard !bad.isEmpty else { return .pass }
    let path = workload.template.path.isEmpty ? "tolerations" : workload.template.path + ".tolerations"
    // Agents are meant to run on every node.
    let isAgent = workload.object.kind == "DaemonSet"
    return .fail(
      bad.contains { $0.element["key"] == nil }
        ? "it tolerates every taint" : "it tolerates the taint of control-plane nodes",
      bad.map {
        Evidence(in: $0.element, path: "\(path)[\($0.offset)]", [$0.element["key"] == nil ? "operator" : "key"])
      },
      severity: isAgent ? .low : nil)
  }
}
