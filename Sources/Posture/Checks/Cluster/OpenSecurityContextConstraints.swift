import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for OpenShift's SecurityContextConstraints that let a pod out of its container and that everybody, or every pod, may
/// use: by the users and groups that they name themselves, or by a role.
///
/// Source: OpenShift's documentation, "Managing security context constraints"; those that OpenShift ships name administrators,
/// nodes and its own builder.
package struct OpenSecurityContextConstraints: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "open-security-context-constraints", title: "Anybody may use permissive security context constraints",
    area: .cluster, severity: .high,
    rationale:
      "On OpenShift these constraints decide what a pod may ask for. Whoever may use a set that allows privileged containers, host paths or host namespaces owns the node with the next pod.",
    remediation:
      "Grant the constraints to the one service account that needs them, by a role in its namespace.",
    example: """
      users: []
      groups: []
      """,
    controls: [.nsa("pod-security"), .mitre("T1611")],
    references: [
      Reference(
        "Managing security context constraints",
        "https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html"
      )
    ],
    reads: AccessInventory.kinds)

  package let kinds: [GroupKind] = [GroupKind("security.openshift.io", "SecurityContextConstraints")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    let permissions = Self.permissions(of: object)
    guard let worst = permissions.map(\.severity).max() else { return .pass }
    let inventory = context.access.inventory
    // A right to use them may also be bound in one namespace, for its pods.
    let holders = inventory.givenBindings.flatMap { index -> [AccessSubject] in
      let binding = inventory.bindings[index]
      guard let role = binding.role else { return [] }
      let use = AccessRequest(
        identity: Identity(user: "", groups: []), verb: "use",
        target: .resource(
          .init(
            group: "security.openshift.io", resource: "securitycontextconstraints", subresource: "",
            namespace: binding.namespace ?? "", name: object.name)))
      return inventory.roles[role].rules.contains { $0.allows(use) } ? binding.subjects : []
    }
    let broad = Set(holders.filter(Self.isBroad)).sorted()
    guard !broad.isEmpty else { return .pass }
    var evidence = permissions.map { Evidence(in: object.root, path: "", [$0.field]) }
    for (key, isHolder) in [("groups", Self.isBroad(group:)), ("users", Self.isBroad(user:))] {
      for (index, name) in (object.root[key]?.elements ?? []).enumerated() where isHolder(name.string ?? "") {
        evidence.append(Evidence(in: object.root, path: "", [key, "\(index)"]))
      }
    }
    return .fail(
      "\(Phrase.list(broad.map(\.text))) may use constraints that allow \(Phrase.list(permissions.map(\.text)))",
      evidence,
      severity: worst)
  }

  private struct Permission {
    let field: String
    let text: String
    let severity: Severity
  }

  private static func permissions(of object: KubeObject) -> [Permission] {
    func allows(_ field: String) -> Bool { object.root[field]?.bool == true }
    var found: [Permission] = []
    func add(_ field: String, _ text: String, _ severity: Severity) {
      found.append(Permission(field: field, text: text, severity: severity))
    }
    if allows("allowPrivilegedContainer") { add("allowPrivilegedContainer", "privileged containers", .critical) }
    let volumes = object.root["volumes"]?.strings ?? []
    if volumes.contains("*") || volumes.contains("hostPath") {
      add("volumes", "host paths", .critical)
    } else if allows("allowHostDirVolumePlugin") {
      add("allowHostDirVolumePlugin", "host paths", .critical)
    }
    if allows("allowHostPID") { add("allowHostPID", "the host's processes", .high) }
    if allows("allowHostIPC") { add("allowHostIPC", "the host's shared memory", .medium) }
    if allows("allowHostNetwork") { add("allowHostNetwork", "the host's network", .high) }
    let strong = (object.root["allowedCapabilities"]?.strings ?? []).filter {
      ["*", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "DAC_READ_SEARCH", "SYS_RAWIO", "BPF"].contains($0)
    }
    if !strong.isEmpty { add("allowedCapabilities", "the capabilities \(Phrase.list(strong))", .high) }
    return found
  }

  private static func isBroad(_ subject: AccessSubject) -> Bool {
    switch subject {
    case .group(let name): isBroad(group: name)
    case .user(let name): isBroad(user: name)
    case .serviceAccount(_, let name): name == "default"
    }
  }

  private static func isBroad(group: String) -> Bool {
    ["system:authenticated", "system:unauthenticated", "system:authenticated:oauth", "system:serviceaccounts"].contains(
      group)
      || group.hasPrefix("system:serviceaccounts:") && !group.hasPrefix("system:serviceaccounts:openshift-")
  }

  private static func isBroad(user: String) -> Bool {
    user == "system:anonymous" || user.hasPrefix("system:serviceaccount:") && user.hasSuffix(":default")
  }
}
