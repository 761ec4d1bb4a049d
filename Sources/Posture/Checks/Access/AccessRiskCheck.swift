package import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// A risk of the access catalogue as a check. It judges grants: bindings with the role behind them.
package struct AccessRiskCheck: ObjectCheck {
  package let risk: AccessRisk
  package let metadata: CheckMetadata
  package let kinds: [GroupKind] = [.clusterRoleBinding, .roleBinding]

  package init(_ risk: AccessRisk) {
    self.risk = risk
    metadata = CheckMetadata(
      id: risk.id, title: risk.title, area: .access, severity: risk.severity.cluster,
      rationale: risk.rationale, remediation: risk.fix,
      example: """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: app
          namespace: shop
        rules:
          - apiGroups: [""]
            resources: [configmaps]
            resourceNames: [app]
            verbs: [get]
        """,
      controls: risk.controls,
      references: [
        risk.reference,
        Reference("RBAC good practices", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"),
      ], aliases: risk.aliases, reads: [.role, .clusterRole])
  }

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let index = context.bindingIndex(of: object) else { return .notApplicable }
    let inventory = context.access.inventory
    let binding = inventory.bindings[index]
    guard risk.applies(toNamespace: binding.namespace) else { return .notApplicable }
    guard let role = binding.role else {
      // A role that exists nowhere grants nothing.
      return inventory.unknownGrant(binding: index).map { .notEvaluated($0) } ?? .pass
    }
    var match = risk.match(context.access.set(ofBinding: index))
    // The API server restores all rules of this role whenever it starts.
    if risk.needs == [[.everything]], binding.roleKind == "ClusterRole", binding.roleName == "cluster-admin" {
      match = .full
    }
    guard match > .no else { return .pass }
    let nodes = object.root["subjects"]?.elements ?? []
    // What comes with a cluster is not somebody's decision; who bears a name of the system, may well be.
    let all = zip(binding.subjects, binding.subjectIndexes).map { subject, position in
      (subject: subject, index: position, shipper: inventory.shipper(of: subject, binding: index))
    }.filter { $0.shipper != .kubernetes }
    guard !all.isEmpty else { return .pass }
    let decided = all.filter { $0.shipper == nil }
    let holders = (decided.isEmpty ? all : decided).map { ($0.subject, $0.index) }
    var distribution: String?
    if decided.isEmpty, case .distribution(let name)? = all.first?.shipper { distribution = name }
    let reach = binding.namespace.map { "in \($0)" } ?? "everywhere"
    let place = inventory.roles[role].object.location.text
    let verb = risk.title.prefix(1).lowercased() + risk.title.dropFirst()
    return .fail(
      "\(holders.map(\.0.text).joined(separator: ", ")) \(verb) \(reach)\(match == .named ? ", for some names" : ""), by \(binding.roleKind) \"\(binding.roleName)\" (\(place))\(distribution.map { "; it comes with \($0)" } ?? "")",
      holders.map { Evidence(in: nodes[$0.1], path: "subjects[\($0.1)]", ["name"]) },
      severity: distribution == nil ? risk.severity(match, namespace: binding.namespace) : .info,
      cause: "\(binding.roleKind) \"\(binding.roleName)\" for \(holders.map(\.0.text).joined(separator: ", ")) \(reach)"
    )
  }
}
