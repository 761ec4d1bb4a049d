import Bytes
import Findings
package import Kube
package import PodSecurity

package struct GatewayOpenToAllNamespaces: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "gateway-open-to-all-namespaces", title: "Gateway accepts routes from every namespace", area: .network,
    severity: .medium,
    rationale:
      "Whoever may write a route anywhere may claim names and paths of this gateway, and with them the visitors of others.",
    remediation:
      "Set `allowedRoutes.namespaces.from` to `Same`, or to `Selector` with a label that only administrators set.",
    example: """
      spec:
        listeners:
          - name: web
            port: 443
            protocol: HTTPS
            allowedRoutes:
              namespaces:
                from: Same
      """,
    controls: [.nsa("network-separation"), .mitre("T1557")],
    references: [
      Reference("Cross-namespace routing", "https://gateway-api.sigs.k8s.io/guides/multiple-ns/")
    ])

  package let kinds: [GroupKind] = [GroupKind("gateway.networking.k8s.io", "Gateway")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let bad = (object.spec?["listeners"]?.elements ?? []).enumerated().filter {
      $0.element[path: "allowedRoutes", "namespaces", "from"]?.string == "All"
    }
    return .failing(
      on: bad.map {
        Evidence(in: $0.element, path: "spec.listeners[\($0.offset)]", ["allowedRoutes", "namespaces", "from"])
      }, "\(listed("listener", bad.map { $0.element["name"]?.text ?? "" })) takes routes from every namespace")
  }
}
