import Access
import ArgumentParser
import Bytes
import Collect
import Findings
import Kube

struct RBACCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rbac", abstract: "Who can do what, how far it reaches, and the least they need.",
    discussion: """
      EXAMPLES
        bartizan rbac can ci/runner create deployments.apps -n shop -f cluster.yaml
        bartizan rbac who-can get secrets -n payments -f manifests/
        bartizan rbac paths --to cluster-admin -f manifests/

      Subjects are written NAMESPACE/NAME for a service account, group:NAME for a group, and NAME for a user.
      """,
    subcommands: [
      RBACCanCommand.self, RBACWhoCanCommand.self, RBACWhatCanCommand.self, RBACSubjectsCommand.self,
      RBACUnusedCommand.self, RBACDiffCommand.self, RBACPathsCommand.self, RBACReviewCommand.self,
      RBACLeastPrivilegeCommand.self, RBACComponentCommand.self,
    ])
}

/// What the rbac commands look at.
struct RBACSources: ParsableArguments {
  @Option(
    name: [.customShort("f"), .long],
    help: "A file, folder or archive of manifests or of a cluster's dump, or -. Repeatable.", completion: .file())
  var file: [String] = []
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions

  func inventory() async throws -> AccessInventory { try await Self.inventory(file, cluster) }

  static func inventory(_ files: [String], _ cluster: ClusterOptions? = nil) async throws -> AccessInventory {
    guard !files.isEmpty || cluster?.isUsed ?? false else {
      throw BartizanError(.usage, "nothing to look at: name it with -f FILE, FOLDER or -, or with --context")
    }
    let snapshot = try await SourceArguments.snapshot(files, cluster)
    let inventory = AccessInventory(snapshot)
    for problem in inventory.problems { StandardError.line("bartizan: \(problem.text)") }
    return inventory
  }
}

/// Resources as people write them: `pods`, `deploy`, `deployments.apps`, `deployments.apps/scale`, `/metrics`.
enum ResourceArgument {
  static func target(_ text: String, namespace: String, name: String) -> AccessRequest.Target {
    if text.hasPrefix("/") { return .path(text) }
    let parts = text.split(separator: "/", maxSplits: 1)
    let word = parts.first.map(String.init) ?? text
    let subresource = parts.count == 2 ? String(parts[1]) : ""
    let resource: String
    let group: String
    if let dot = word.firstIndex(of: ".") {
      resource = String(word[..<dot])
      group = String(word[word.index(after: dot)...])
    } else if let known = known[word] {
      resource = known.resource
      group = known.group
    } else {
      resource = word
      group = ""
    }
    return .resource(
      .init(group: group, resource: resource, subresource: subresource, namespace: namespace, name: name))
  }

  private static let known: [String: (resource: String, group: String)] = {
    let table: [(group: String, words: [String])] = [
      (
        "",
        [
          "pods po", "services svc", "secrets", "configmaps cm", "serviceaccounts sa", "namespaces ns", "nodes no",
          "persistentvolumes pv", "persistentvolumeclaims pvc", "endpoints ep", "events ev",
          "replicationcontrollers rc", "resourcequotas quota", "limitranges limits",
        ]
      ),
      ("apps", ["deployments deploy", "daemonsets ds", "statefulsets sts", "replicasets rs"]),
      ("batch", ["jobs", "cronjobs cj"]),
      ("networking.k8s.io", ["ingresses ing", "networkpolicies netpol", "ingressclasses"]),
      ("rbac.authorization.k8s.io", ["roles", "rolebindings", "clusterroles", "clusterrolebindings"]),
      ("policy", ["poddisruptionbudgets pdb"]),
      ("autoscaling", ["horizontalpodautoscalers hpa"]),
      ("storage.k8s.io", ["storageclasses sc"]),
      ("apiextensions.k8s.io", ["customresourcedefinitions crd crds"]),
      ("apiregistration.k8s.io", ["apiservices"]),
      (
        "admissionregistration.k8s.io",
        [
          "mutatingwebhookconfigurations", "validatingwebhookconfigurations",
          "validatingadmissionpolicies", "validatingadmissionpolicybindings",
        ]
      ),
      ("certificates.k8s.io", ["certificatesigningrequests csr", "signers"]),
      ("discovery.k8s.io", ["endpointslices"]),
      ("coordination.k8s.io", ["leases"]),
      ("", ["users", "groups"]),
    ]
    var known: [String: (resource: String, group: String)] = [:]
    for (group, words) in table {
      for line in words {
        let names = line.split(separator: " ").map(String.init)
        for name in names { known[name] = (names[0], group) }
      }
    }
    return known
  }()
}

extension AccessInventory {
  /// `ClusterRoleBinding ci-runner (ClusterRole cluster-admin)` and where it stands.
  func describe(binding index: Int) -> String {
    let binding = bindings[index]
    let scope = binding.namespace.map { "\($0)/" } ?? ""
    return "\(binding.kind) \(scope)\(binding.object.name) of \(binding.roleKind) \(binding.roleName)"
  }

  func place(binding index: Int) -> String { bindings[index].object.location.text }

  /// Where a rule of a binding's role is written.
  func place(rule: Int, binding index: Int) -> String {
    guard let role = bindings[index].role, roles[role].origins.indices.contains(rule) else { return "" }
    let origin = roles[role].origins[rule]
    let node = origin.object.root["rules"]?.elements
    return origin.object.location(of: node?.indices.contains(origin.index) == true ? node?[origin.index] : nil).text
  }
}
