import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for webhooks with failure policy `Fail` that cover pods of every namespace without a selector or match
/// condition: while such a webhook is down, its own pods cannot start either.
package struct WebhookLocksOut: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "webhook-locks-out", title: "Webhook that can lock everybody out", area: .cluster, severity: .low,
    rationale:
      "It must answer before any pod of kube-system, or its own, may start: when it is down, so is what would repair it.",
    remediation:
      "Leave kube-system and the webhook's own namespace out by `namespaceSelector`.",
    example: """
      webhooks:
        - name: guard.example.com
          failurePolicy: Fail
          namespaceSelector:
            matchExpressions:
              - key: kubernetes.io/metadata.name
                operator: NotIn
                values: [kube-system, guard]
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1499")],
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
      guard webhook["failurePolicy"]?.string ?? "Fail" == "Fail",
        webhook["namespaceSelector"]?.entries.isEmpty ?? true, webhook["objectSelector"]?.entries.isEmpty ?? true,
        webhook["matchConditions"]?.elements.isEmpty ?? true
      else { continue }
      let pods = (webhook["rules"]?.elements ?? []).contains { rule in
        (rule["resources"]?.strings ?? []).contains { ["pods", "*", "*/*"].contains($0) }
          && (rule["apiGroups"]?.strings ?? []).contains { $0.isEmpty || $0 == "*" }
      }
      guard pods else { continue }
      evidence.append(Evidence(in: webhook, path: "webhooks[\(index)]", ["name"]))
      names.append(webhook["name"]?.text ?? "")
    }
    return .failing(on: evidence, "\(listed("webhook", names)) must answer before any pod starts, in kube-system, too")
  }
}
