import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

/// Reports the remark `no-dns` of the policy linter in `Reach`: egress is restricted, and port 53 is not allowed.
package struct NetworkPolicyWithoutDNS: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "network-policy-without-dns", title: "Isolated pods cannot resolve names", area: .network, severity: .low,
    rationale:
      "Egress is closed and nothing on port 53 is allowed: the pods fail in ways that invite somebody to open everything.",
    remediation:
      "Allow UDP and TCP 53 to the DNS pods of kube-system.",
    example: """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: allow-dns
        namespace: shop
      spec:
        podSelector: {}
        policyTypes: [Egress]
        egress:
          - to:
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: kube-system
            ports:
              - port: 53
                protocol: UDP
              - port: 53
      """,
    controls: [.nsa("network-separation")],
    references: [
      Reference("Network policies", "https://kubernetes.io/docs/concepts/services-networking/network-policies/")
    ], reads: [.namespace] + PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [.networkPolicy]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    context.lintOutcome(of: object, code: "no-dns") {
      Evidence(path: "spec", value: nil, line: $0.location.line, column: $0.location.column)
    }
  }
}
