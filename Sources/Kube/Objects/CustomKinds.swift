package import Bytes

/// Kinds that are not Kubernetes' own, and what of their objects comes to be.
package enum CustomKinds {
  private static let builtIn = Set(APIResource.builtIn.map(\.groupKind))

  /// Whether a server of Kubernetes offers the kind as it comes, or did so once.
  package static func isBuiltIn(_ kind: GroupKind) -> Bool {
    builtIn.contains(kind) || kind.group == "extensions" || former.contains(kind)
  }

  private static let former: Set<GroupKind> = [
    GroupKind("policy", "PodSecurityPolicy"), GroupKind("batch", "CronJob"),
    GroupKind("apiregistration.k8s.io", "APIService"),
  ]

  /// Groups whose objects say what others may be: a pod in them is a pattern, and none that anybody starts.
  private static let policies: Set<String> = [
    "kyverno.io", "policies.kyverno.io", "constraints.gatekeeper.sh", "templates.gatekeeper.sh",
    "mutations.gatekeeper.sh", "expansion.gatekeeper.sh", "config.gatekeeper.sh", "policies.kubewarden.io",
    "security.openshift.io", "nirmata.io", "cli.kyverno.io", "jspolicy.com", "neuvector.com", "bartizan.dev",
    "wgpolicyk8s.io", "reports.kyverno.io", "openreports.io", "aquasecurity.github.io",
  ]

  package static func isPolicy(_ kind: GroupKind) -> Bool { policies.contains(kind.group) }

  /// The parts of an object that describe what will be in the cluster, each with its path: the whole of it, and of a policy
  /// what its rules create.
  ///
  /// Source: kyverno.io, "Generate Rules": `spec.rules[].generate.data`, or `.foreach[].data`.
  package static func contents(of object: KubeObject) -> [(node: DocumentNode, path: String)] {
    guard isPolicy(object.groupKind) else { return [(object.root, "")] }
    var found: [(node: DocumentNode, path: String)] = []
    for (index, rule) in (object.spec?["rules"]?.elements ?? []).enumerated() {
      guard let generate = rule["generate"] else { continue }
      let path = "spec.rules[\(index)].generate"
      if let data = generate["data"] { found.append((data, path + ".data")) }
      for (number, each) in (generate["foreach"]?.elements ?? []).enumerated() {
        if let data = each["data"] { found.append((data, "\(path).foreach[\(number)].data")) }
      }
    }
    return found
  }
}
