import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for admission webhooks with `failurePolicy: Ignore`.
package struct WebhookFailsOpen: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "webhook-fails-open", title: "Admission webhook that fails open", area: .cluster, severity: .low,
    rationale:
      "With `failurePolicy: Ignore` everything is admitted while the webhook does not answer: who can make it slow or stop it switches the policy off.",
    remediation:
      "Set `failurePolicy: Fail` for webhooks that enforce a policy, run several replicas, and exempt kube-system by a selector.",
    example: """
      webhooks:
        - name: policy.example.com
          failurePolicy: Fail
      """,
    controls: [.cis("5.2.1"), .nsa("pod-security"), .mitre("T1562.001")],
    references: [
      Reference(
        "Dynamic admission control",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy")
    ],
    aliases: [])

  package let kinds = AdmissionWebhooks.kinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    AdmissionWebhooks.failing(object, at: ["failurePolicy"], "lets everything pass while it does not answer") {
      $0["failurePolicy"]?.string == "Ignore"
    }
  }
}
