import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for an `ssl-redirect` annotation set to `false` on an Ingress that has TLS.
package struct IngressWithoutRedirect: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "ingress-without-redirect", title: "Serves plain HTTP beside TLS", area: .network, severity: .low,
    rationale:
      "With the redirect switched off, whoever comes by http stays there, cookies and passwords included.",
    remediation:
      "Remove `ssl-redirect: \"false\"`.",
    example: """
      spec:
        tls:
          - hosts: [shop.example.com]
            secretName: shop-tls
      """,
    controls: [.nsa("network-separation"), .mitre("T1040")],
    references: [
      Reference(
        "Ingress NGINX: redirects",
        "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#server-side-https-enforcement-through-redirect"
      )
    ])

  package let kinds: [GroupKind] = [.ingress]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let metadata = object.metadata, !(object.spec?["tls"]?.elements ?? []).isEmpty else { return .pass }
    let keys = [
      "nginx.ingress.kubernetes.io/ssl-redirect", "ingress.kubernetes.io/ssl-redirect", "haproxy.org/ssl-redirect",
    ]
    let bad = keys.filter { object.annotations[$0] == "false" }
    return .failing(
      on: bad.map { Evidence(in: metadata, path: "metadata", ["annotations", $0]) },
      "it does not send plain HTTP on to TLS",
      fix: Fix(
        bad.map { Edit([.key("metadata"), .key("annotations"), .key($0)], .remove) },
        caution: "a client that comes by plain HTTP must follow a redirect from then on"))
  }
}
