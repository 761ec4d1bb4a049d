import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for hosts of an Ingress that no `tls` section covers. A wildcard covers one label, and a section without hosts
/// covers every host.
package struct IngressWithoutTLS: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "ingress-without-tls", title: "Ingress without TLS", area: .network, severity: .medium,
    rationale:
      "What users send, passwords and session cookies among it, crosses the network in the clear, and nothing proves to them whom they talk to.",
    remediation:
      "Add a `tls` section that covers every host, with a certificate from your issuer.",
    example: """
      spec:
        tls:
          - hosts: [shop.example.com]
            secretName: shop-tls
        rules:
          - host: shop.example.com
      """,
    controls: [.nsa("network-separation"), .mitre("T1040"), .mitre("T1557")],
    references: [
      Reference("Ingress: TLS", "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls")
    ],
    aliases: ["kubescape:C-0263", "polaris:tlsSettingsMissing"])

  package let kinds: [GroupKind] = [.ingress, GroupKind("extensions", "Ingress")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec else { return .notApplicable }
    let sections = spec["tls"]?.elements ?? []
    let covered = sections.flatMap { $0["hosts"]?.strings ?? [] }
    // A section without hosts covers all of them.
    if sections.contains(where: { ($0["hosts"]?.elements ?? []).isEmpty }) { return .pass }
    let rules = spec["rules"]?.elements ?? []
    let bad = rules.enumerated().filter { _, rule in
      guard let host = rule["host"]?.string else { return covered.isEmpty }
      return !covered.contains { name in
        name == host
          || name.hasPrefix("*.") && host.hasSuffix(name.dropFirst()) && !host.dropLast(name.count - 1).contains(".")
      }
    }
    if rules.isEmpty, sections.isEmpty {
      return .fail("it serves without TLS", [Evidence(in: spec, path: "spec", ["tls"])])
    }
    let hosts = bad.map { $0.element["host"]?.string ?? "*" }
    return .failing(
      on: bad.map { Evidence(in: $0.element, path: "spec.rules[\($0.offset)]", ["host"]) },
      "\(listed("host", hosts)) is served without TLS")
  }
}
