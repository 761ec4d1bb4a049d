import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for containers that name a port and have neither a readiness nor a liveness probe. Jobs are not applicable.
package struct MissingProbes: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "missing-probes", title: "No probes", area: .workloads, severity: .info,
    rationale:
      "Without a readiness probe traffic goes to pods that do not serve yet or any more; without a liveness probe a hung program stays hung. Both turn a small attack on availability into an outage.",
    remediation:
      "Add a readinessProbe, and a livenessProbe where a restart helps.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            readinessProbe:
              httpGet:
                path: /ready
                port: 8080
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference(
        "Probes",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/")
    ],
    aliases: [
      "kubescape:C-0018", "kubescape:C-0056", "kube-linter:no-readiness-probe", "kube-linter:no-liveness-probe",
      "polaris:readinessProbeMissing", "polaris:livenessProbeMissing", "checkov:CKV_K8S_8", "checkov:CKV_K8S_9",
      "kube-score:pod-probes",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "Pod"].contains(workload.object.kind) else {
      return .notApplicable
    }
    // Without a port the container serves nothing that a probe could ask.
    let bad = workload.containers.filter { container in
      container.role == .regular && !(container.node["ports"]?.elements ?? []).isEmpty
        && container.node["readinessProbe"] == nil && container.node["livenessProbe"] == nil
    }
    return .failing(
      on: bad.map { $0.evidence("readinessProbe") }, "no probe for \(listed("container", bad.map(\.name)))")
  }
}
