import Bytes
import Findings
package import Kube

package struct ClusterAdminBinding: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "cluster-admin-binding", title: "Hands out cluster-admin", area: .cluster, severity: .critical,
    rationale:
      "cluster-admin may do everything to everything: read all secrets, start pods on any node, change any right. A service account that holds it makes its pod worth the whole cluster.",
    remediation:
      "Bind a role with the rights that are used; `view`, `edit` and `admin` in one namespace are often enough.",
    example: """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata:
        name: deployer
        namespace: shop
      roleRef:
        apiGroup: rbac.authorization.k8s.io
        kind: ClusterRole
        name: edit
      subjects:
        - kind: ServiceAccount
          name: deployer
          namespace: shop
      """,
    controls: [.cis("5.1.1"), .nsa("authentication-and-authorization"), .mitre("T1078"), .mitre("T1098")],
    references: [
      Reference("RBAC good practices", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/")
    ],
    aliases: [
      "kubescape:C-0035", "trivy:KSV-0111", "kube-linter:cluster-admin-role-binding",
      "polaris:clusterrolebindingClusterAdmin",
    ])

  package let kinds: [GroupKind] = [.clusterRoleBinding]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard object.root[path: "roleRef", "name"]?.string == "cluster-admin",
      object.root[path: "roleRef", "kind"]?.string == "ClusterRole"
    else { return .pass }
    let holders = (object.root["subjects"]?.elements ?? []).enumerated().filter { _, subject in
      !(subject["kind"]?.string == "Group" && subject["name"]?.string == "system:masters")
    }
    let names = holders.map { _, subject in
      "\(subject["kind"]?.string ?? "") \(subject["namespace"]?.string.map { $0 + "/" } ?? "")\(subject["name"]?.string ?? "")"
    }
    return .failing(
      on: holders.map { Evidence(in: $0.element, path: "subjects[\($0.offset)]", ["name"]) },
      "\(names.joined(separator: ", ")) may do everything in the cluster")
  }
}
