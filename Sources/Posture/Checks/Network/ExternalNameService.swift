import Bytes
import Findings
package import Kube
package import PodSecurity

package struct ExternalNameService: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "external-name-service", title: "ExternalName Service", area: .network, severity: .low,
    rationale:
      "Clients trust the name of the Service and end up wherever it points; an ingress controller that follows it reaches hosts that network policies keep from pods.",
    remediation:
      "Let clients name the outside host, or route through an egress gateway.",
    example: """
      spec:
        type: ClusterIP
      """,
    controls: [.nsa("network-separation"), .mitre("T1557")],
    references: [
      Reference("ExternalName", "https://kubernetes.io/docs/concepts/services-networking/service/#externalname")
    ])

  package let kinds: [GroupKind] = [.service]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec, spec["type"]?.string == "ExternalName" else { return .pass }
    let target = spec["externalName"]?.string ?? ""
    let isInside =
      ["localhost", "metadata.google.internal", "169.254.169.254"].contains(target)
      || target.hasSuffix(".svc.cluster.local")
      || target.hasPrefix("127.")
    return .fail(
      "it points to \"\(target)\"", [Evidence(in: spec, path: "spec", ["externalName"])],
      severity: isInside ? .high : nil)
  }
}
