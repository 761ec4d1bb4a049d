import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

/// Reports the remarks `peer-matches-nothing`, `shadowed-rule` and `redundant-rule` of the policy linter in `Reach`,
/// unless the policy as a whole selects no pod.
package struct IdleNetworkPolicyRule: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "idle-network-policy-rule", title: "Rule of a network policy that changes nothing", area: .network,
    severity: .info,
    rationale:
      "A rule whose peers are no pod and no address of the input, or that says what another rule says for the same pods, is mostly a typing error or a leftover: whoever reads it believes that it opens or closes something.",
    remediation:
      "Correct the peer that matches nothing; delete the rule that is said already.",
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
    controls: [.nsa("network-separation")],
    references: [
      Reference("Network policies", "https://kubernetes.io/docs/concepts/services-networking/network-policies/")
    ], aliases: ["kube-linter:dangling-networkpolicypeer-podselector"],
    absenceOf: [.pod], reads: [.namespace] + PodTemplateCatalogue.kinds)

  package let kinds: [GroupKind] = [.networkPolicy]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    // A policy that selects no pod is reported as a whole, not rule by rule.
    if case .fail = context.lintOutcome(of: object, code: "selects-nothing", evidence: evidence) { return .pass }
    return context.lintOutcome(
      of: object, codes: ["peer-matches-nothing", "shadowed-rule", "redundant-rule"], evidence: evidence)
  }

  private func evidence(_ remark: PolicyRemark) -> Evidence {
    Evidence(path: "spec", value: nil, line: remark.location.line, column: remark.location.column)
  }
}
