import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks up the `roleRef` of each binding. Whoever creates a role of that name later decides what the subjects may do.
package struct BindingToMissingRole: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "binding-to-missing-role", title: "Binding to a role that does not exist", area: .access, severity: .low,
    rationale:
      "It grants nothing until somebody makes a role of that name: then its subjects hold whatever stands in it, without a new binding that a reviewer would see.",
    remediation:
      "Remove the binding, or mend the name of the role.",
    example: """
      roleRef:
        apiGroup: rbac.authorization.k8s.io
        kind: Role
        name: app
      """,
    controls: [.nsa("authentication-and-authorization"), .mitre("T1098")],
    references: [
      Reference("RBAC good practices", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/")
    ],
    aliases: [
      "polaris:clusterrolebindingPodExecAttach", "polaris:rolebindingClusterRolePodExecAttach",
      "polaris:rolebindingRolePodExecAttach",
    ],
    absenceOf: [.role, .clusterRole])

  package let kinds: [GroupKind] = [.clusterRoleBinding, .roleBinding]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let index = context.bindingIndex(of: object) else { return .notApplicable }
    let binding = context.access.inventory.bindings[index]
    guard binding.role == nil else { return .pass }
    guard let place = object.root["roleRef"] else { return .notApplicable }
    if let reason = context.access.inventory.unknownGrant(binding: index) { return .notEvaluated(reason) }
    return .fail(
      "there is no \(binding.roleKind) \"\(binding.roleName)\"",
      [Evidence(in: place, path: "roleRef", ["name"])])
  }
}
