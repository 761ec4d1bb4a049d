import Bytes
import Findings
package import Kube
package import PodSecurity

package struct ConversionWebhookOutside: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "conversion-webhook-outside", title: "Conversion webhook outside the cluster", area: .cluster,
    severity: .medium,
    rationale:
      "Every read and write of these objects in another version passes through that server, which sees and may change them.",
    remediation:
      "Run the conversion webhook in the cluster and name it by `service`.",
    example: """
      spec:
        conversion:
          strategy: None
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1557")],
    references: [
      Reference(
        "Versions in CustomResourceDefinitions",
        "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/")
    ])

  package let kinds: [GroupKind] = [GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let config = object.spec?[path: "conversion", "webhook", "clientConfig"], config["url"] != nil else {
      return .pass
    }
    return .fail(
      "objects are sent to \(config["url"]?.text ?? "") to be converted",
      [Evidence(in: config, path: "spec.conversion.webhook.clientConfig", ["url"])])
  }
}
