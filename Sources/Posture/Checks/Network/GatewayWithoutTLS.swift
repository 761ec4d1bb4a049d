import Bytes
import Findings
package import Kube
package import PodSecurity

package struct GatewayWithoutTLS: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "gateway-without-tls", title: "Gateway without TLS", area: .network, severity: .medium,
    rationale:
      "What passes a plain listener is read and changed by whoever sits on the way.",
    remediation:
      "Give the listener the protocol HTTPS or TLS with a certificate; keep a plain one only to redirect.",
    example: """
      spec:
        listeners:
          - name: web
            port: 443
            protocol: HTTPS
            tls:
              certificateRefs:
                - name: shop-tls
      """,
    controls: [.nsa("network-separation"), .mitre("T1040"), .mitre("T1557")],
    references: [
      Reference("Gateway API: TLS", "https://gateway-api.sigs.k8s.io/guides/tls/")
    ])

  package let kinds: [GroupKind] = [GroupKind("gateway.networking.k8s.io", "Gateway")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let listeners = object.spec?["listeners"]?.elements ?? []
    // A plain listener beside a protected one is the usual way to redirect.
    let isProtected = listeners.contains { ["HTTPS", "TLS"].contains($0["protocol"]?.string ?? "") }
    let bad = listeners.enumerated().filter { ["HTTP", "TCP"].contains($0.element["protocol"]?.string ?? "") }
    guard !bad.isEmpty else { return .pass }
    return .fail(
      "\(listed("listener", bad.map { $0.element["name"]?.text ?? "" })) speaks without TLS",
      bad.map { Evidence(in: $0.element, path: "spec.listeners[\($0.offset)]", ["protocol"]) },
      severity: isProtected ? .info : nil)
  }
}
