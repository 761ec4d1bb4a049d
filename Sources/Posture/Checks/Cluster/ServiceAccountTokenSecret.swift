import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for Secrets of type `kubernetes.io/service-account-token`, whose tokens never expire.
package struct ServiceAccountTokenSecret: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "service-account-token-secret", title: "Long-lived token of a service account", area: .cluster,
    severity: .medium,
    rationale:
      "A token in a Secret never expires and is bound to no pod: whoever copied it once has it for good.",
    remediation:
      "Delete the Secret; let pods use the tokens that the kubelet renews, and others `kubectl create token`.",
    example: """
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: app
      automountServiceAccountToken: false
      """,
    controls: [.cis("5.1.6"), .nsa("authentication-and-authorization"), .mitre("T1528"), .mitre("T1098")],
    references: [
      Reference(
        "Service accounts: long-lived tokens",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#manually-create-an-api-token-for-a-serviceaccount"
      )
    ],
    aliases: ["kubescape:C-0053"])

  package let kinds: [GroupKind] = [.secret]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard object.root["type"]?.string == "kubernetes.io/service-account-token" else { return .pass }
    let account = object.annotations["kubernetes.io/service-account.name"] ?? "an account"
    return .fail("it holds a token of \(account) that does not expire", [Evidence(in: object.root, path: "", ["type"])])
  }
}
