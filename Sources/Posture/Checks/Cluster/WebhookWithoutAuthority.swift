import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for admission webhooks without a `caBundle`. Only judged in a cluster: manifests often leave the bundle to the
/// installation, or to a controller such as cert-manager.
package struct WebhookWithoutAuthority: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "webhook-without-authority", title: "Webhook without a certificate authority", area: .cluster, severity: .low,
    rationale:
      "Without `caBundle` the API server trusts every authority of its own system for the name, if it can connect at all; with a policy that fails open the webhook then guards nothing.",
    remediation:
      "Set `caBundle`, or let cert-manager inject it.",
    example: """
      webhooks:
        - name: guard.example.com
          clientConfig:
            caBundle: LS0tLS1CRUdJTi...
            service:
              namespace: guard
              name: guard
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1557")],
    references: [
      Reference(
        "Dynamic admission control",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/")
    ])

  package let kinds = AdmissionWebhooks.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    // These controllers fill in the bundle once the object is in the cluster.
    let injectors = [
      "cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret",
      "service.beta.openshift.io/inject-cabundle",
    ]
    if injectors.contains(where: { object.annotations[$0] != nil }) { return .pass }
    // In a manifest the bundle may be added during installation; it is certainly missing only in a cluster.
    guard object.uid != nil else { return object.root["webhooks"] == nil ? .notApplicable : .pass }
    return AdmissionWebhooks.failing(object, at: ["clientConfig", "caBundle"], "has no caBundle") {
      ($0[path: "clientConfig", "caBundle"]?.string ?? "").isEmpty
    }
  }
}
