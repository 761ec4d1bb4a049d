import Bytes
package import Kube

/// Which requests a policy or a binding is about.
package struct MatchResources: Sendable {
  /// One of `resourceRules` or `excludeResourceRules`. `*` in a list matches everything; `names` is empty for every
  /// name; `scope` is `Cluster`, `Namespaced` or `*`.
  package struct Rule: Sendable {
    package let groups: [String]
    package let versions: [String]
    package let resources: [(resource: String, subresource: String)]
    package let operations: [String]
    package let scope: String
    package let names: [String]
    fileprivate let takesAllGroups: Bool
    fileprivate let takesAllVersions: Bool
    fileprivate let takesAllOperations: Bool
    fileprivate let takesAllScopes: Bool

    fileprivate init(_ node: DocumentNode) {
      groups = node["apiGroups"]?.strings ?? []
      versions = node["apiVersions"]?.strings ?? []
      resources = (node["resources"]?.strings ?? []).map { path in
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
      }
      operations = node["operations"]?.strings ?? []
      scope = node["scope"]?.string ?? "*"
      names = node["resourceNames"]?.strings ?? []
      takesAllGroups = groups.contains("*")
      takesAllVersions = versions.contains("*")
      takesAllOperations = operations.contains("*")
      takesAllScopes = scope == "*"
    }
  }

  /// A selector, or why it is none.
  package typealias Selector = Result<LabelSelector, LabelSelector.Invalid>

  package let namespaceSelector: Selector
  package let objectSelector: Selector
  package let rules: [Rule]
  package let excludedRules: [Rule]
  package let allowsEquivalents: Bool

  /// - Parameter node: with its defaults.
  init(_ node: DocumentNode) {
    namespaceSelector = Self.selector(node["namespaceSelector"])
    objectSelector = Self.selector(node["objectSelector"])
    rules = (node["resourceRules"]?.elements ?? []).map { Rule($0) }
    excludedRules = (node["excludeResourceRules"]?.elements ?? []).map { Rule($0) }
    allowsEquivalents = node["matchPolicy"]?.string == "Equivalent"
  }

  /// The rules and selectors of a webhook.
  init(webhook node: DocumentNode) {
    namespaceSelector = Self.selector(node["namespaceSelector"])
    objectSelector = Self.selector(node["objectSelector"])
    rules = (node["rules"]?.elements ?? []).map { Rule($0) }
    excludedRules = []
    allowsEquivalents = node["matchPolicy"]?.string ?? "Equivalent" == "Equivalent"
  }

  private static func selector(_ node: DocumentNode?) -> Selector {
    guard let node else { return .success(.everything) }
    do throws(LabelSelector.Invalid) {
      return .success(try LabelSelector(node))
    } catch {
      return .failure(error)
    }
  }
}

extension MatchResources.Rule {
  /// Source: k8s.io/apiserver `pkg/admission/plugin/webhook/predicates/rules/rules.go`.
  func matches(_ resource: AdmissionRequest.Resource, _ request: AdmissionRequest) -> Bool {
    guard takesAllOperations || operations.contains(request.operation.rawValue) else { return false }
    let isNamed = resources.contains { rule in
      (rule.resource == "*" || rule.resource == resource.resource)
        && (rule.subresource == "*" || rule.subresource == request.subresource)
    }
    guard isNamed, takesAllGroups || groups.contains(resource.group),
      takesAllVersions || versions.contains(resource.version)
    else { return false }
    if takesAllScopes { return true }
    let isClusterWide =
      request.namespace.isEmpty
      || resource == AdmissionRequest.Resource(group: "", version: "v1", resource: "namespaces")
    switch scope {
    case "Namespaced": return !isClusterWide
    case "Cluster": return isClusterWide
    default: return false
    }
  }

  func allowsName(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
}
