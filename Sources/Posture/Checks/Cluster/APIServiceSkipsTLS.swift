import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at `spec.insecureSkipTLSVerify` of APIServices.
package struct APIServiceSkipsTLS: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "api-service-skips-tls", title: "API server extension without TLS verification", area: .cluster,
    severity: .high,
    rationale:
      "The API server sends requests, and the identity of the caller, to whatever answers at that address: who gets between takes over the API group.",
    remediation:
      "Set `caBundle` and remove `insecureSkipTLSVerify`.",
    example: """
      spec:
        caBundle: LS0tLS1CRUdJTi…
        insecureSkipTLSVerify: false
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1557")],
    references: [
      Reference(
        "API aggregation layer", "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/")
    ],
    aliases: [])

  package let kinds: [GroupKind] = [GroupKind("apiregistration.k8s.io", "APIService")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec, spec["insecureSkipTLSVerify"]?.bool == true else { return .pass }
    return .fail(
      "requests of its group go to a server that is not verified",
      [Evidence(in: spec, path: "spec", ["insecureSkipTLSVerify"])])
  }
}
