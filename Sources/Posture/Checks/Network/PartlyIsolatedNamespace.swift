import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

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

  package let kinds: [GroupKind] = [.namespace]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    context.lintOutcome(of: object, code: "no-default-deny") { _ in
      Evidence(in: object.metadata ?? object.root, path: "metadata", ["name"])
    }
  }
}
