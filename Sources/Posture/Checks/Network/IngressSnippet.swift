import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for annotations ending in `-snippet`, by which ingress-nginx and others take raw configuration.
package struct IngressSnippet: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "ingress-snippet", title: "Ingress with a configuration snippet", area: .network, severity: .high,
    rationale:
      "A snippet is pasted into the configuration of the ingress controller: who may write Ingresses runs code there and reads all secrets that it can (CVE-2021-25742).",
    remediation:
      "Use the annotations and options made for the purpose, and switch `allow-snippet-annotations` off in the controller.",
    example: """
      metadata:
        annotations:
          nginx.ingress.kubernetes.io/ssl-redirect: "true"
      """,
    controls: [.nsa("network-separation"), .mitre("T1190"), .mitre("T1552")],
    references: [
      Reference("CVE-2021-25742", "https://github.com/kubernetes/ingress-nginx/issues/7837")
    ],
    aliases: ["kubescape:C-0059", "checkov:CKV_K8S_152", "checkov:CKV_K8S_153", "checkov:CKV_K8S_154"])

  package let kinds: [GroupKind] = [.ingress, GroupKind("extensions", "Ingress")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let bad = (object.metadata?["annotations"]?.entries ?? []).filter { $0.key.hasSuffix("-snippet") }
    return .failing(
      on: bad.map {
        Evidence(path: "metadata.annotations[\"\($0.key)\"]", value: "…", line: Int($0.line), column: Int($0.column))
      }, "\(listed("annotation", bad.map(\.key))) reaches into the controller's configuration")
  }
}
