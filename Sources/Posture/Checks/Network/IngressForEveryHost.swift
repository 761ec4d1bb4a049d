import Bytes
import Findings
package import Kube
package import PodSecurity

package struct IngressForEveryHost: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "ingress-for-every-host", title: "Ingress for every host", area: .network, severity: .low,
    rationale:
      "A rule without a host, or with a wildcard, catches requests for names that belong to others: the first to claim them serves their users.",
    remediation:
      "Name the host in every rule.",
    example: """
      spec:
        rules:
          - host: shop.example.com
      """,
    controls: [.nsa("network-separation"), .mitre("T1557")],
    references: [
      Reference(
        "Ingress: hostname wildcards",
        "https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards")
    ])

  package let kinds: [GroupKind] = [.ingress]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec else { return .notApplicable }
    var evidence: [Evidence] = []
    for (index, rule) in (spec["rules"]?.elements ?? []).enumerated() {
      let host = rule["host"]?.string ?? ""
      if host.isEmpty || host == "*" { evidence.append(Evidence(in: rule, path: "spec.rules[\(index)]", ["host"])) }
    }
    if spec["defaultBackend"] != nil { evidence.append(Evidence(in: spec, path: "spec", ["defaultBackend"])) }
    return .failing(on: evidence, "it serves every name that no other Ingress claims")
  }
}
