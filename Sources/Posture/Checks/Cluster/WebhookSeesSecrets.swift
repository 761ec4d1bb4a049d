import Bytes
import Findings
package import Kube
package import PodSecurity

package struct WebhookSeesSecrets: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "webhook-sees-secrets", title: "Webhook receives every Secret", area: .cluster, severity: .medium,
    rationale:
      "A rule for secrets, or for everything, sends the values of each secret that is written to the webhook's pod: whoever takes that pod has them.",
    remediation:
      "Name the resources that the webhook judges; leave `secrets` and `*` out.",
    example: """
      webhooks:
        - name: guard.example.com
          rules:
            - apiGroups: [apps]
              apiVersions: [v1]
              operations: [CREATE, UPDATE]
              resources: [deployments]
      """,
    controls: [.cis("5.1.12"), .nsa("authentication-and-authorization"), .mitre("T1552")],
    references: [
      Reference(
        "Dynamic admission control",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/")
    ])

  package let kinds = AdmissionWebhooks.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    var evidence: [Evidence] = []
    var names: [String] = []
    for (index, webhook) in (object.root["webhooks"]?.elements ?? []).enumerated() {
      for (number, rule) in (webhook["rules"]?.elements ?? []).enumerated() {
        let groups = rule["apiGroups"]?.strings ?? []
        let resources = rule["resources"]?.strings ?? []
        guard groups.contains("") || groups.contains("*"),
          resources.contains(where: { ["secrets", "*", "*/*"].contains($0) })
        else { continue }
        evidence.append(Evidence(in: rule, path: "webhooks[\(index)].rules[\(number)]", ["resources"]))
        names.append(webhook["name"]?.text ?? "")
      }
    }
    return .failing(on: evidence, "\(listed("webhook", names)) is sent every secret that is written")
  }
}
