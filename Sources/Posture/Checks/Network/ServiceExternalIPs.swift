import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for `spec.externalIPs` of Services, by which a tenant can intercept traffic to any address (CVE-2020-8554).
package struct ServiceExternalIPs: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "service-external-ips", title: "Service claims external addresses", area: .network, severity: .high,
    rationale:
      "Every node sends traffic for `externalIPs` to this Service, whoever the address belongs to: whoever may create Services reads other people's traffic (CVE-2020-8554).",
    remediation:
      "Remove `externalIPs`; use a LoadBalancer or an Ingress, and forbid the field by an admission policy.",
    example: """
      spec:
        type: ClusterIP
        selector:
          app: web
        ports:
          - port: 80
      """,
    controls: [.nsa("network-separation"), .mitre("T1557")],
    references: [
      Reference("CVE-2020-8554", "https://github.com/kubernetes/kubernetes/issues/97076")
    ],
    aliases: ["trivy:KSV-0108"])

  package let kinds: [GroupKind] = [.service]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let addresses = object.spec?["externalIPs"]?.elements ?? []
    return .failing(
      on: addresses.enumerated().map { index, node in
        Evidence(path: "spec.externalIPs[\(index)]", value: node.text, line: Int(node.line), column: Int(node.column))
      }, "traffic for \(addresses.compactMap(\.text).joined(separator: ", ")) is drawn to this Service")
  }
}
