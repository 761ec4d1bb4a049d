import Bytes
import Findings
package import Kube
package import PodSecurity

package struct WebhookOutsideCluster: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "webhook-outside-cluster", title: "Admission webhook outside the cluster", area: .cluster, severity: .medium,
    rationale:
      "Every object that it asks about, secrets among them, is sent to that address, and whoever answers there decides or, for a mutating webhook, rewrites what is stored.",
    remediation:
      "Run the webhook in the cluster and name it by `service`.",
    example: """
      webhooks:
        - name: guard.example.com
          clientConfig:
            service:
              namespace: guard
              name: guard
      """,
    controls: [.cis("5.1.12"), .nsa("authentication-and-authorization"), .mitre("T1546")],
    references: [
      Reference(
        "Dynamic admission control",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/")
    ],
    aliases: [
      "kubescape:C-0036", "kubescape:C-0039",
    ])

  package let kinds = AdmissionWebhooks.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    AdmissionWebhooks.failing(object, at: ["clientConfig", "url"], "asks a server by its URL") {
      $0[path: "clientConfig", "url"] != nil
    }
  }
}
