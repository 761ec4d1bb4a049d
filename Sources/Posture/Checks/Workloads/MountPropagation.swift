import Bytes
import Findings
package import Kube
package import PodSecurity

package struct MountPropagation: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "mount-propagation", title: "Bidirectional mount propagation", area: .workloads, severity: .high,
    rationale:
      "With Bidirectional propagation, what the container mounts appears on the node and in other pods; it may cover the node's own files.",
    remediation:
      "Leave `mountPropagation` out; only storage drivers need it.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            volumeMounts:
              - name: data
                mountPath: /data
                mountPropagation: None
      """,
    controls: [.nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Mount propagation", "https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    for container in workload.containers {
      for (index, mount) in (container.node["volumeMounts"]?.elements ?? []).enumerated()
      where mount["mountPropagation"]?.string == "Bidirectional" {
        evidence.append(Evidence(in: mount, path: "\(container.path).volumeMounts[\(index)]", ["mountPropagation"]))
      }
    }
    return .failing(
      on: evidence, "mounts made in the container appear on the node",
      fix: Fix(evidence.map { Edit($0.path, .remove) }, caution: "a storage driver needs it"))
  }
}
