package import Access
import Bytes
import Depth
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

  /// Of risks whose names tell what they are worth: the steps of the graph that go by these names.
  private static let namedSteps: [String: Set<String>] = [
    "rbac-bind-roles": ["bind-cluster-admin", "bind-role"], "rbac-impersonate": ["impersonate", "impersonate-masters"],
    "rbac-create-tokens": ["issue-token"], "rbac-escalate-roles": ["widen-own-role", "widen-role-of-namespace"],
    "rbac-sign-certificates": ["sign-certificate", "sign-node-certificate"],
  ]

  /// Constraints of OpenShift that leave a pod no more than the restricted profile does, or hardly.
  private static let strictConstraints: Set<String> = [
    "restricted", "restricted-v2", "restricted-v3", "nonroot", "nonroot-v2", "nested-container",
  ]

  /// Those that OpenShift ships and that let a pod become root, or have the node's network, namespaces or files.
  private static let laxConstraints: Set<String> = [
    "privileged", "anyuid", "hostaccess", "hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork", "hostnetwork-v2",
    "node-exporter",
  ]

  /// How severe a right is that is limited to names, and these names: what leads to cluster admin is no less for being
  /// limited to just that, and the right to bind a harmless role is hardly one.
  private func named(
    _ index: Int, _ role: AccessInventory.Role, _ namespace: String?, _ context: CheckContext
  ) -> (severity: Severity, text: String) {
    let usual = risk.severity(.named, namespace: namespace)
    if risk.id == "rbac-security-contexts" {
      let names = Set(role.rules.filter { $0.allowsVerb("use") }.flatMap(\.resourceNames)).sorted()
      let text = ", for SecurityContextConstraints \(Phrase.list(names))"
      if names.contains(where: Self.laxConstraints.contains) {
        return (risk.severity(.full, namespace: namespace), text)
      }
      return (names.allSatisfy(Self.strictConstraints.contains) ? min(usual, .low) : usual, text)
    }
    guard let steps = Self.namedSteps[risk.id] else { return (usual, ", for some names") }
    let ways = context.escalation
    let gain = ways.graph.gain(ofNamesIn: index, by: steps, ways.toClusterAdmin)
    let text = gain.map { ", for \(Phrase.list($0.objects))" } ?? ", for some names"
    if gain?.leadsToGoal == true { return (risk.severity(.full, namespace: namespace), text) }
    let isHarmless =
      switch risk.id {
      case "rbac-sign-certificates":
        // Signers of one's own make no certificate that the API server trusts.
        gain == nil && !role.rules.contains { rule in rule.resourceNames.contains { $0.hasPrefix("kubernetes.io/") } }
      case "rbac-bind-roles":
        role.rules.filter { $0.allowsVerb("bind") }.flatMap(\.resourceNames).allSatisfy { name in
          let meant = context.access.inventory.roles.filter { $0.name == name }
          return !meant.isEmpty
            && meant.allSatisfy { role in
              let set = CapabilitySet(role.rules)
              return !AccessRiskCatalogue.risks.contains {
                $0.match(set) > .no && $0.severity($0.match(set), namespace: nil) >= .medium
              }
            }
        }
      default: false
      }
    return (isHarmless ? min(usual, .low) : usual, text)
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
    // Of two objects of one name the later one is in force; what names its holders otherwise has no such list.
    let nodes = binding.object.root["subjects"]?.elements ?? []
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
    let limited = match == .named ? named(index, inventory.roles[role], binding.namespace, context) : nil
    return .fail(
      "\(holders.map(\.0.text).joined(separator: ", ")) \(risk.deed) \(reach)\(limited?.text ?? ""), by \(binding.roleKind) \"\(binding.roleName)\" (\(place))\(distribution.map { "; it comes with \($0)" } ?? "")",
      holders.map {
        Evidence(
          in: nodes.indices.contains($0.1) ? nodes[$0.1] : binding.object.root, path: "subjects[\($0.1)]", ["name"])
      },
      severity: distribution == nil ? limited?.severity ?? risk.severity(match, namespace: binding.namespace) : .info,
      cause: "\(binding.roleKind) \"\(binding.roleName)\" for \(holders.map(\.0.text).joined(separator: ", ")) \(reach)"
    )
  }
}
