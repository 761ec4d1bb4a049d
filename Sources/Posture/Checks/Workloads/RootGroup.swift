import Bytes
import Findings
package import Kube
package import PodSecurity

package struct RootGroup: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "root-group", title: "Runs with the root group", area: .workloads, severity: .low,
    rationale:
      "Group 0 owns many files of images and of nodes; a process in it reads and sometimes writes what only root should.",
    remediation:
      "Set `runAsGroup`, and no group 0 in `supplementalGroups` and `fsGroup`.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            securityContext:
              runAsGroup: 10001
      """,
    controls: [.nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference("Security context", "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/")
    ],
    aliases: [
      "trivy:KSV-0116"
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    let own = workload.template.securityContext
    for key in ["runAsGroup", "fsGroup"] where own?[key]?.int == 0 {
      evidence.append(workload.template.evidence("securityContext", key))
    }
    if own?["supplementalGroups"]?.elements.contains(where: { $0.int == 0 }) ?? false {
      evidence.append(workload.template.evidence("securityContext", "supplementalGroups"))
    }
    evidence += workload.containers.filter { $0.securityContext?["runAsGroup"]?.int == 0 }
      .map { $0.evidence("securityContext", "runAsGroup") }
    return .failing(
      on: evidence,
      "\(listed("field", evidence.map { String($0.path.split(separator: ".").last ?? "") })) puts it into group 0")
  }
}
