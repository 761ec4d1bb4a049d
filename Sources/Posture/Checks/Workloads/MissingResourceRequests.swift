import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at requests for CPU and memory of regular containers and sidecars. A limit counts, since it is the default of
/// the request.
package struct MissingResourceRequests: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-resource-requests", title: "No resource requests", area: .workloads, severity: .low,
    rationale:
      "Without requests the scheduler packs nodes blindly, and the pod is among the first to be evicted: a busy neighbour, or an attacker who makes one, takes it down.",
    remediation:
      "Set `resources.requests` for processor and memory of every container.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            resources:
              requests:
                cpu: 100m
                memory: 128Mi
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference("Resource management", "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/")
    ],
    aliases: [
      "trivy:KSV-0015", "trivy:KSV-0016", "polaris:cpuRequestsMissing", "polaris:memoryRequestsMissing",
      "kubescape:C-0269", "checkov:CKV_K8S_12", "kube-linter:unset-cpu-requirements",
      "checkov:CKV_K8S_10", "kubescape:C-0268",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    var names: [String] = []
    let missing = ["cpu", "memory"].filter { !context.hasRequest($0, workload) }
    for container in workload.containers where container.role == .regular || container.role == .sidecar {
      for resource in missing {
        // A limit without a request is its own request.
        guard container.node[path: "resources", "requests", resource] == nil,
          container.node[path: "resources", "limits", resource] == nil
        else { continue }
        evidence.append(container.evidence("resources", "requests", resource))
        names.append(container.name)
      }
    }
    return .failing(
      on: evidence, "no request for processor or memory by \(listed("container", names))")
  }
}
