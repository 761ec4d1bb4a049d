import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for workloads that name the namespace `default`. A manifest that names none passes: the namespace is chosen
/// when it is applied.
package struct DefaultNamespace: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "default-namespace", title: "Runs in the default namespace", area: .workloads, severity: .low,
    rationale:
      "Roles, quotas, network policies and Pod Security labels hold for namespaces. What lands in `default` shares all of them with whatever else was applied without thinking.",
    remediation:
      "Give each application a namespace of its own.",
    example: """
      metadata:
        name: app
        namespace: shop
      """,
    controls: [.cis("5.6.1"), .cis("5.6.4"), .nsa("network-separation")],
    references: [
      Reference("Namespaces", "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/")
    ],
    aliases: [
      "kubescape:C-0061", "kubescape:C-0212", "trivy:KSV-0110", "kube-linter:use-namespace", "checkov:CKV_K8S_21",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard workload.object.namespace == "default", let metadata = workload.object.metadata else { return .pass }
    return .fail(
      "it shares the namespace \"default\" with whatever else names none",
      [Evidence(in: metadata, path: "metadata", ["namespace"])])
  }
}
