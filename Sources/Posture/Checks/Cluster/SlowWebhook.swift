import Bytes
import Findings
package import Kube
package import PodSecurity

package struct SlowWebhook: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "slow-webhook", title: "Webhook with a long timeout", area: .cluster, severity: .low,
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

  package let kinds = AdmissionWebhooks.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    AdmissionWebhooks.failing(
      object, at: ["timeoutSeconds"], "may hold a request for more than 15 seconds",
      setting: .int(10)
    ) { ($0["timeoutSeconds"]?.int ?? 10) > 15 }
  }
}
