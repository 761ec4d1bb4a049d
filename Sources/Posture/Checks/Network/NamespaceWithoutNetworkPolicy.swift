import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for namespaces with workloads of which no policy, of whatever dialect that is evaluated, stops anything: one that
/// selects nothing or lets everything through is none. See `PartlyIsolatedNamespace` for those that stop something for some.
/// A namespace that the input names and does not hold is judged at its first workload.
package struct NamespaceWithoutNetworkPolicy: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "namespace-without-network-policy", title: "Namespace without a network policy", area: .network,
    severity: .medium,
    rationale:
      "Without a policy every pod of the cluster may talk to every pod of the namespace, and those to the internet: one broken pod reaches all databases.",
    remediation:
      "Add a policy that denies all traffic by default, then one for each connection that is needed.",
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
    aliases: [
      "kubescape:C-0260", "trivy:KSV-0038", "kube-linter:non-isolated-pod", "checkov:CKV2_K8S_6", "kubescape:C-0206",
      "kube-score:pod-networkpolicy",
    ],
    absenceOf: [.networkPolicy], reads: [.namespace] + PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [.namespace] + PodTemplateCatalogue.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    // A workload without any namespace may land in one that has policies.
    guard let name = context.namespace(judgedBy: object), object.groupKind == .namespace || object.namespace != nil
    else { return .notApplicable }
    let count = context.workloads(in: name).count
    guard count > 0 else { return .notApplicable }
    if context.hasNetworkPolicy(name) { return .pass }
    if context.mayHaveNetworkPolicy(name) {
      return .notEvaluated("policies of kinds that are not evaluated may restrict its workloads")
    }
    let whose = object.groupKind == .namespace ? "its" : "namespace \(name)'s"
    return .fail(
      "no network policy restricts any of \(whose) \(Phrase.count(count, "workload"))",
      [Evidence(in: object.metadata ?? object.root, path: "metadata", ["name"])])
  }
}
