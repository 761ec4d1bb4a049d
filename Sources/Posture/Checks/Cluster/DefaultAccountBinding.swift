import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for bindings to a service account named `default`, which every pod uses that names no account of its own.
package struct DefaultAccountBinding: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "default-account-binding", title: "Grants rights to the default service account", area: .access,
    severity: .medium,
    rationale:
      "Every pod of the namespace that names no account of its own gets these rights, the next one that somebody deploys included.",
    remediation:
      "Make an account for the workload that needs them, and bind that.",
    example: """
      subjects:
        - kind: ServiceAccount
          name: app
          namespace: shop
      """,
    controls: [.cis("5.1.5"), .nsa("authentication-and-authorization"), .mitre("T1078")],
    references: [
      Reference("RBAC good practices", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/")
    ],
    aliases: [
      "checkov:CKV_K8S_42", "kubescape:C-0189",
    ])

  package let kinds: [GroupKind] = [.clusterRoleBinding, .roleBinding]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let index = context.bindingIndex(of: object) else { return .notApplicable }
    let binding = context.access.inventory.bindings[index]
    let accounts = zip(binding.subjects, binding.subjectIndexes).filter {
      if case .serviceAccount(_, "default") = $0.0 { true } else { false }
    }.map(\.1)
    let bad = (object.root["subjects"]?.elements ?? []).enumerated().filter { accounts.contains($0.offset) }
    return .failing(
      on: bad.map { Evidence(in: $0.element, path: "subjects[\($0.offset)]", ["name"]) },
      "the account \"default\" holds the role \"\(object.root[path: "roleRef", "name"]?.string ?? "")\"")
  }
}
