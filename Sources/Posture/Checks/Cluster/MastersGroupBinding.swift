import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for subjects named `system:masters`, except in the bootstrap binding `cluster-admin`.
package struct MastersGroupBinding: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "masters-group-binding", title: "Binding to system:masters", area: .access, severity: .high,
    rationale:
      "Members of system:masters may do everything whatever RBAC says, and a certificate that names the group cannot be revoked. A binding shows that somebody works with it.",
    remediation:
      "Use a group of your own for administrators, and keep system:masters for emergencies.",
    example: """
      subjects:
        - kind: Group
          name: platform-admins
      """,
    controls: [.cis("5.1.7"), .nsa("authentication-and-authorization"), .mitre("T1078")],
    references: [
      Reference("RBAC good practices", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/")
    ],
    aliases: ["trivy:KSV-0123", "kubescape:C-0191", "kubescape:C-0246"])

  package let kinds: [GroupKind] = [.clusterRoleBinding, .roleBinding, .configMap]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    if object.groupKind == .configMap { return examine(awsAuth: object) }
    guard let index = context.bindingIndex(of: object) else { return .notApplicable }
    let inventory = context.access.inventory
    // Each cluster comes with one.
    if inventory.shipper(of: .group("system:masters"), binding: index) == .kubernetes { return .notApplicable }
    let bad = (object.root["subjects"]?.elements ?? []).enumerated().filter {
      $0.element["name"]?.string == "system:masters" && $0.element["kind"]?.string == "Group"
    }
    return .failing(
      on: bad.map { Evidence(in: $0.element, path: "subjects[\($0.offset)]", ["name"]) },
      "it names the group system:masters")
  }

  /// EKS makes members of groups out of IAM roles and users.
  private func examine(awsAuth object: KubeObject) -> Outcome {
    guard GroupMemberships.isAWSAuth(object) else { return .notApplicable }
    var evidence: [Evidence] = []
    var names: [String] = []
    for key in ["mapRoles", "mapUsers"] {
      let masters = GroupMemberships.mapped(object, key).filter { $0.groups.contains("system:masters") }
      guard !masters.isEmpty, let data = object.root["data"] else { continue }
      names += masters.map { $0.member.identity ?? $0.member.user }
      evidence.append(Evidence(in: data, path: "data", [key]))
    }
    guard !evidence.isEmpty else { return .pass }
    return .fail("it makes \(names.joined(separator: ", ")) a member of system:masters", evidence)
  }
}
