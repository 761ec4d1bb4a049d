import Bytes
import Findings
package import Kube

package struct WebhookOutsideCluster: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "webhook-outside-cluster", title: "Admission asks a server outside", area: .cluster, severity: .medium,
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

  package let kinds: [GroupKind] = [
    GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
  ]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let bad = (object.root["webhooks"]?.elements ?? []).enumerated().filter {
      $0.element[path: "clientConfig", "url"] != nil
    }
    return .failing(
      on: bad.map { Evidence(in: $0.element, path: "webhooks[\($0.offset)]", ["clientConfig", "url"]) },
      "\(listed("webhook", bad.map { $0.element["name"]?.text ?? "" })) asks a server by its URL")
  }
}
