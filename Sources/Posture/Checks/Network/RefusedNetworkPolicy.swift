import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

/// Reports the remark `bad-policy` of the policy linter in `Reach`, of policies of all dialects.
package struct RefusedNetworkPolicy: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "refused-network-policy", title: "Network policy that is refused", area: .network,
    severity: .medium,
    rationale:
      "A policy that the API server, the network plugin or the mesh refuses protects nothing, while the folder looks as if it did.",
    remediation:
      "Correct what the message names. `kubectl apply --dry-run=server` shows what the API server refuses; what a plugin refuses stands in the status of the policy or in its log.",
    example: """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector:
          matchLabels:
            app: web
        policyTypes: [Ingress]
        ingress:
          - from:
              - podSelector:
                  matchLabels:
                    app: front
            ports:
              - port: 8080
      """,
    controls: [.cis("5.3.2"), .nsa("network-separation")],
    references: [
      Reference("Network policies", "https://kubernetes.io/docs/concepts/services-networking/network-policies/")
    ])

  /// Plugins and meshes refuse theirs in ways of their own, and enforce nothing of them either.
  package let kinds = PolicyDialects.policyKinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    context.lintOutcome(of: object, code: "bad-policy") {
      Evidence(path: "spec", value: nil, line: $0.location.line, column: $0.location.column)
    }
  }
}
