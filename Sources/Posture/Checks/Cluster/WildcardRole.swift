import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for `*` in verbs or resources. Critical for `*` in verbs, resources and groups, high for the core group or
/// every group, low within a single group.
package struct WildcardRole: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "wildcard-role", title: "Role with a wildcard", area: .cluster, severity: .high,
    rationale:
      "`*` grants what exists and what will exist: secrets, exec, and every custom resource that somebody installs next year.",
    remediation:
      "List the verbs and resources that are used.",
    example: """
      rules:
        - apiGroups: [apps]
          resources: [deployments]
          verbs: [get, list, watch]
      """,
    controls: [.cis("5.1.3"), .nsa("authentication-and-authorization"), .mitre("T1078")],
    references: [
      Reference(
        "RBAC good practices", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege")
    ],
    aliases: [
      "kubescape:C-0187", "trivy:KSV-0112", "trivy:KSV-0045", "trivy:KSV-0046", "kube-linter:wildcard-in-rules",
      "checkov:CKV_K8S_49",
    ])

  package let kinds: [GroupKind] = [.clusterRole, .role]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    if AccessInventory.isBootstrapRole(object) { return .notApplicable }
    var evidence: [Evidence] = []
    var worst = Severity.low
    for (index, rule) in (object.root["rules"]?.elements ?? []).enumerated() {
      let verbs = rule["verbs"]?.strings.contains("*") ?? false
      let resources = rule["resources"]?.strings.contains("*") ?? false
      let groups = rule["apiGroups"]?.strings ?? []
      guard verbs || resources else { continue }
      evidence.append(Evidence(in: rule, path: "rules[\(index)]", [verbs ? "verbs" : "resources"]))
      // `*` verbs on resources of a vendor's own group are common practice; `*` on everything equals cluster-admin.
      let core = groups.contains("*") || groups.contains("")
      worst = max(worst, verbs && resources && groups.contains("*") ? .critical : core ? .high : .low)
    }
    guard !evidence.isEmpty else { return .pass }
    return .fail(
      "\(evidence.count == 1 ? "a rule" : "\(evidence.count) rules") of it grant\(evidence.count == 1 ? "s" : "") more than anybody can list",
      evidence, severity: object.groupKind == .role ? min(worst, .high) : worst)
  }
}
