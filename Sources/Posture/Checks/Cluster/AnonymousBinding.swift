import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks at bindings to `system:anonymous`, `system:unauthenticated` and `system:authenticated`, except those to the
/// roles that Kubernetes itself grants to these groups.
package struct AnonymousBinding: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "anonymous-binding", title: "Grants rights to everybody", area: .cluster, severity: .critical,
    rationale:
      "`system:anonymous` and `system:unauthenticated` are requests without any credential, and `system:authenticated` is everyone with any: what they are granted, whoever reaches the API server may do.",
    remediation:
      "Remove the subject, and bind to the accounts that need the right.",
    example: """
      subjects:
        - kind: ServiceAccount
          name: monitor
          namespace: monitoring
      """,
    controls: [.cis("5.1.1"), .nsa("authentication-and-authorization"), .mitre("T1078"), .mitre("T1190")],
    references: [
      Reference("RBAC good practices", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"),
      Reference(
        "RBAC default roles",
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings"),
    ],
    aliases: [
      "trivy:KSV-0122", "trivy:KSV-01011", "kubescape:C-0262", "kubescape:C-0265", "kube-linter:access-to-anonymous",
    ])

  package let kinds: [GroupKind] = [.clusterRoleBinding, .roleBinding]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let role = object.root[path: "roleRef", "name"]?.string ?? ""
    let index = context.bindingIndex(of: object)
    let inventory = context.access.inventory
    if Self.builtIn.contains(role), object.root[path: "roleRef", "kind"]?.string == "ClusterRole",
      let index, inventory.bindings[index].role.map({ !inventory.isWidened(role: $0) }) ?? true
    {
      return .pass
    }
    let bad = (object.root["subjects"]?.elements ?? []).enumerated().filter { _, node in
      guard Self.everybody.contains(node["name"]?.string ?? ""), node["kind"]?.string != "ServiceAccount" else {
        return false
      }
      guard let index, let subject = AccessSubject(node, bindingNamespace: object.namespace) else { return true }
      return inventory.shipper(of: subject, binding: index) == nil
    }
    guard !bad.isEmpty else { return .pass }
    let names = bad.compactMap { $0.element["name"]?.string }
    let severity = severity(
      of: index, isLoggedIn: names.allSatisfy { $0 == "system:authenticated" }, context)
    return .fail(
      "\(names.joined(separator: ", ")) holds the role \"\(role)\"",
      bad.map { Evidence(in: $0.element, path: "subjects[\($0.offset)]", ["name"]) },
      severity: severity, why: severity >= .high ? "who reaches the API server holds it" : nil)
  }

  /// That of the rights, one step up since everybody holds them, and two where nobody has to log in.
  private func severity(of index: Int?, isLoggedIn: Bool, _ context: CheckContext) -> Severity {
    let inventory = context.access.inventory
    guard let index, let role = inventory.bindings[index].role else { return isLoggedIn ? .high : .critical }
    if let worst = context.access.exposures(ofBinding: index).map(\.severity).max(), worst > .info {
      return Severity(rawValue: worst.rawValue + (isLoggedIn ? 1 : 2)) ?? .critical
    }
    // Objects by name are meant for everybody; kinds of objects are not.
    let isNamed = inventory.roles[role].rules.flatMap(\.withoutEmptyName).allSatisfy { rule in
      !rule.resourceNames.isEmpty || !rule.nonResourceURLs.isEmpty
    }
    return isNamed ? .info : isLoggedIn ? .low : .medium
  }

  private static let everybody: Set<String> = ["system:anonymous", "system:unauthenticated", "system:authenticated"]
  /// Roles that a new cluster grants to these groups by design.
  private static let builtIn: Set<String> = [
    "system:basic-user", "system:discovery", "system:public-info-viewer", "system:service-account-issuer-discovery",
  ]
}
