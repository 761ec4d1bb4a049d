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
    aliases: [
      "trivy:KSV-0123", "kubescape:C-0191",
    ])

  package let kinds: [GroupKind] = [.clusterRoleBinding, .roleBinding]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    // Each cluster comes with this one.
    if object.name == "cluster-admin", object.kind == "ClusterRoleBinding",
      object.labels["kubernetes.io/bootstrapping"] != nil
    {
      return .notApplicable
    }
    let bad = (object.root["subjects"]?.elements ?? []).enumerated().filter {
      $0.element["name"]?.string == "system:masters"
    }
    return .failing(
      on: bad.map { Evidence(in: $0.element, path: "subjects[\($0.offset)]", ["name"]) },
      "it names the group system:masters")
  }
}
