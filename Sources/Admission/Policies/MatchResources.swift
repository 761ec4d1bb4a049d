import Bytes
package import Kube

/// Which requests a policy or a binding is about.
package struct MatchResources: Sendable {
  package struct Rule: Sendable {
    package let groups: [String]
    package let versions: [String]
    package let resources: [(resource: String, subresource: String)]
    package let operations: [String]
    package let scope: String
    package let names: [String]
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
    rules = (node["resourceRules"]?.elements ?? []).map(Self.rule)
    excludedRules = (node["excludeResourceRules"]?.elements ?? []).map(Self.rule)
    allowsEquivalents = node["matchPolicy"]?.string == "Equivalent"
  }

  /// The rules and selectors of a webhook.
  init(webhook node: DocumentNode) {
    namespaceSelector = Self.selector(node["namespaceSelector"])
    objectSelector = Self.selector(node["objectSelector"])
    rules = (node["rules"]?.elements ?? []).map(Self.rule)
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

  private static func rule(_ node: DocumentNode) -> Rule {
    Rule(
      groups: node["apiGroups"]?.strings ?? [], versions: node["apiVersions"]?.strings ?? [],
      resources: (node["resources"]?.strings ?? []).map { path in
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
      }, operations: node["operations"]?.strings ?? [], scope: node["scope"]?.string ?? "*",
      names: node["resourceNames"]?.strings ?? [])
  }
}

extension MatchResources.Rule {
  /// Source: k8s.io/apiserver `pkg/admission/plugin/webhook/predicates/rules/rules.go`.
  func matches(_ resource: AdmissionRequest.Resource, _ request: AdmissionRequest) -> Bool {
    func holds(_ items: [String], _ wanted: String) -> Bool { items.contains { $0 == "*" || $0 == wanted } }
    let isClusterWide =
      request.namespace.isEmpty
      || resource == AdmissionRequest.Resource(group: "", version: "v1", resource: "namespaces")
    switch scope {
    case "*": break
    case "Namespaced": if isClusterWide { return false }
    case "Cluster": if !isClusterWide { return false }
    default: return false
    }
    return holds(operations, request.operation.rawValue) && holds(groups, resource.group)
      && holds(versions, resource.version)
      && resources.contains { rule in
        (rule.resource == "*" || rule.resource == resource.resource)
          && (rule.subresource == "*" || rule.subresource == request.subresource)
      }
  }

  func allowsName(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
}
