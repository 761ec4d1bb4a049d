import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for ephemeral containers, which `kubectl debug` adds and nothing removes.
package struct DebugContainer: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "debug-container", title: "Debug container left behind", area: .workloads, severity: .low,
    rationale:
      "An ephemeral container shares the pod's network, volumes and often its processes, comes from any image, and cannot be removed before the pod is.",
    remediation:
      "Delete the pod and let its controller make a new one.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            command: ["/app"]
      """,
    controls: [.nsa("pod-security"), .mitre("T1609")],
    references: [
      Reference("Ephemeral containers", "https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let bad = workload.containers.filter { $0.role == .ephemeral }
    return .failing(
      on: bad.map { $0.evidence("name") }, "\(listed("container", bad.map(\.name))) was added to the running pod")
  }
}
