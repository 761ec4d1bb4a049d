import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

/// Reports the remark `selects-nothing` of the policy linter in `Reach`.
package struct IdleNetworkPolicy: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "idle-network-policy", title: "Network policy that selects no pod", area: .network, severity: .low,
    rationale:
      "A selector that matches nothing is mostly a typing error or a leftover, and the pods that were meant stay open.",
    remediation:
      "Correct the selector, or delete the policy.",
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
    ], aliases: ["kubescape:C-0299", "kube-linter:dangling-networkpolicy", "kube-score:networkpolicy-targets-pod"],
    absenceOf: [.pod], reads: [.namespace] + PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [.networkPolicy]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    // Pods outside of the input may be the ones that it selects.
    context.lintOutcome(of: object, code: "selects-nothing") {
      Evidence(path: "spec", value: nil, line: $0.location.line, column: $0.location.column)
    }
  }
}
