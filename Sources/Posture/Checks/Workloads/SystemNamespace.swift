import Bytes
import Findings
package import Kube
package import PodSecurity

package struct SystemNamespace: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "system-namespace", title: "Ordinary workload in a system namespace", area: .workloads, severity: .low,
    rationale:
      "Whoever may do something in kube-system may do nearly everything: its accounts' tokens and its secrets are within reach. What does not belong to the cluster makes a way in there.",
    remediation:
      "Give it a namespace of its own.",
    example: """
      metadata:
        namespace: tools
      """,
    controls: [.cis("5.6.1"), .nsa("pod-security")],
    references: [
      Reference("Namespaces", "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/")
    ],
    aliases: [
      "trivy:KSV-0037"
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard let namespace = workload.object.namespace else { return .pass }
    guard ["kube-system", "kube-public", "kube-node-lease"].contains(namespace) else { return .pass }
    let labels = workload.object.labels.merging(workload.template.labels) { own, _ in own }
    // What the usual installers put there bears one of these.
    if labels["tier"] == "control-plane" || labels["kubernetes.io/cluster-service"] == "true"
      || labels["k8s-app"] != nil
      || labels["component"]?.hasPrefix("kube-") ?? false || workload.object.metadata?["ownerReferences"] != nil
    {
      return .pass
    }
    return .fail(
      "it stands in \(namespace)",
      [Evidence(in: workload.object.metadata ?? workload.object.root, path: "metadata", ["namespace"])])
  }
}
