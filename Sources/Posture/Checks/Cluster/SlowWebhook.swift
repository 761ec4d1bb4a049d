import Bytes
import Findings
package import Kube

package struct SlowWebhook: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "slow-webhook", title: "Webhook that may hold every request up", area: .cluster, severity: .low,
    rationale:
      "The API server waits that long for each webhook in turn; one that hangs makes the whole cluster crawl, and with it every repair.",
    remediation:
      "Set `timeoutSeconds` to 10 or less.",
    example: """
      webhooks:
        - name: guard.example.com
          timeoutSeconds: 5
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1499")],
    references: [
      Reference(
        "Dynamic admission control",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/")
    ])

  package let kinds: [GroupKind] = [
    GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
  ]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let bad = (object.root["webhooks"]?.elements ?? []).enumerated().filter {
      ($0.element["timeoutSeconds"]?.int ?? 10) > 15
    }
    return .failing(
      on: bad.map { Evidence(in: $0.element, path: "webhooks[\($0.offset)]", ["timeoutSeconds"]) },
      "\(listed("webhook", bad.map { $0.element["name"]?.text ?? "" })) may hold a request for more than 15 seconds",
      fix: Fix(bad.map { Edit("webhooks[\($0.offset)].timeoutSeconds", .set(.int(10))) }))
  }
}
