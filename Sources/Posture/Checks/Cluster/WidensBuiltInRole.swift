import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for ClusterRoles that the built-in roles view, edit and admin gather, and that add something dangerous to them, and for
/// roles of every cluster that were made to grant more than they do there.
package struct WidensBuiltInRole: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "widens-built-in-role", title: "Role that widens a built-in one", area: .access, severity: .medium,
    rationale:
      "The label hands the rules to everybody who holds the built-in role, now and later, without a binding that a reviewer would see: `view` is given out because it reads no Secrets. What is added to a role such as `system:basic-user` is everybody's; the API server restores what is missing and takes nothing away.",
    remediation:
      "Take the label away and bind the role to those who need it, or leave the dangerous rules out. Leave roles named `system:` as they came.",
    example: """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        name: widgets-view
        labels:
          rbac.authorization.k8s.io/aggregate-to-view: "true"
      rules:
        - apiGroups: [shop.example.com]
          resources: [widgets]
          verbs: [get, list, watch]
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1098")],
    references: [
      Reference(
        "Aggregated ClusterRoles",
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles")
    ])

  package let kinds: [GroupKind] = [.clusterRole, .role]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    if let change = ChangedBuiltInRole(object) {
      let risks = change.risks.map(\.deed)
      let holders = Phrase.list(change.holders.map(\.text), shown: 3)
      return .fail(
        "every cluster grants this role to \(holders): \(risks.isEmpty ? "it grants more than it does there" : "it " + Phrase.list(risks, shown: 4))",
        [Evidence(in: object.root, path: "", ["rules"])], severity: change.severity)
    }
    guard let widening = BuiltInRoleWidening(object) else { return .pass }
    let risks = widening.risks.map(\.deed)
    return .fail(
      "everybody who holds \(widening.roles.joined(separator: " or "))\(widening.isClusterWide ? " in the whole cluster" : "") \(Phrase.list(risks, shown: 4))",
      [Evidence(in: object.metadata ?? object.root, path: "metadata", ["labels", widening.label])],
      severity: widening.severity)
  }
}
