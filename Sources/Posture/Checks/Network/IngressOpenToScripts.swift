import Bytes
import Findings
package import Kube
package import PodSecurity

package struct IngressOpenToScripts: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "ingress-open-to-scripts", title: "CORS open to every origin", area: .network, severity: .low,
    rationale:
      "Cross-origin requests from every origin let a page that a signed-in person visits read what the service answers them.",
    remediation:
      "Name the origins in `nginx.ingress.kubernetes.io/cors-allow-origin`.",
    example: """
      metadata:
        annotations:
          nginx.ingress.kubernetes.io/enable-cors: "true"
          nginx.ingress.kubernetes.io/cors-allow-origin: https://shop.example.com
      """,
    controls: [.nsa("network-separation"), .mitre("T1190")],
    references: [
      Reference(
        "Ingress NGINX: CORS",
        "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#enable-cors")
    ])

  package let kinds: [GroupKind] = [.ingress]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let prefix = "nginx.ingress.kubernetes.io/"
    guard let metadata = object.metadata, object.annotations[prefix + "enable-cors"] == "true" else { return .pass }
    let origin = object.annotations[prefix + "cors-allow-origin"] ?? "*"
    guard origin.split(separator: ",").contains(where: { $0.filter { !$0.isWhitespace } == "*" }) else { return .pass }
    return .fail(
      "it allows cross-origin requests from everywhere",
      [Evidence(in: metadata, path: "metadata", ["annotations", prefix + "enable-cors"])])
  }
}
