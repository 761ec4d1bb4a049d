import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

/// Reports the remark `no-default-deny` of the policy linter in `Reach`: some pods of the namespace are isolated,
/// others are open. A namespace that the input names and does not hold is judged at its first workload.
package struct PartlyIsolatedNamespace: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "partly-isolated-namespace", title: "Namespace isolated only in part", area: .network, severity: .medium,
    rationale:
      "Policies isolate some pods of the namespace, and others are open to the whole cluster: an attacker enters by those, and from inside the policies help less.",
    remediation:
      "Add a policy that selects all pods and allows nothing, so that the ones for single workloads are exceptions.",
    example: """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: default-deny
        namespace: shop
      spec:
        podSelector: {}
        policyTypes: [Ingress, Egress]
      """,
    controls: [.cis("5.3.2"), .nsa("network-separation"), .mitre("T1046")],
    references: [
      Reference("Network policies", "https://kubernetes.io/docs/concepts/services-networking/network-policies/")
    ],
    absenceOf: [.networkPolicy], reads: [.namespace] + PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [.namespace] + PodTemplateCatalogue.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let name = context.namespace(judgedBy: object) else { return .notApplicable }
    return context.lintOutcome(of: Subject(kind: "Namespace", name: name), code: "no-default-deny") { _ in
      Evidence(in: object.metadata ?? object.root, path: "metadata", ["name"])
    }
  }
}
