package import Bytes
import Findings
package import Kube

/// A rule of a Role or ClusterRole.
///
/// Matching follows k8s.io/kubernetes `pkg/apis/rbac/v1/evaluation_helpers.go`.
package struct PolicyRule: Sendable, Hashable {
  package var verbs: [String]
  package var apiGroups: [String]
  package var resources: [String]
  package var resourceNames: [String]
  package var nonResourceURLs: [String]

  package init(
    verbs: [String], apiGroups: [String] = [], resources: [String] = [], resourceNames: [String] = [],
    nonResourceURLs: [String] = []
  ) {
    self.verbs = verbs
    self.apiGroups = apiGroups
    self.resources = resources
    self.resourceNames = resourceNames
    self.nonResourceURLs = nonResourceURLs
  }

  package init(_ node: DocumentNode) {
    self.init(
      verbs: node["verbs"]?.strings ?? [], apiGroups: node["apiGroups"]?.strings ?? [],
      resources: node["resources"]?.strings ?? [], resourceNames: node["resourceNames"]?.strings ?? [],
      nonResourceURLs: node["nonResourceURLs"]?.strings ?? [])
  }

  /// Everything on all objects, and on all paths.
  package static let fullAuthority = [
    PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
  ]

  /// The rules that a Role or ClusterRole has written down.
  package static func written(in object: KubeObject) -> [PolicyRule] {
    (object.root["rules"]?.elements ?? []).map { PolicyRule($0) }
  }

  package func allowsVerb(_ verb: String) -> Bool { Self.contains(verbs, verb) }

  package func allowsGroup(_ group: String) -> Bool { Self.contains(apiGroups, group) }

  /// - Parameter combined: `resource` or `resource/subresource`. `pods/*` matches nothing, `*/scale` every `scale`.
  package func allowsResource(_ combined: String, subresource: String) -> Bool {
    for resource in resources {
      if resource == "*" || resource == combined { return true }
      if !subresource.isEmpty, resource.utf8.count == subresource.utf8.count + 2, resource.hasPrefix("*/"),
        resource.hasSuffix(subresource)
      {
        return true
      }
    }
    return false
  }

  /// A rule with names never matches a request without one: create, deletecollection, most lists.
  package func allowsName(_ name: String) -> Bool { resourceNames.isEmpty || resourceNames.contains(name) }

  /// The same in rules without an empty name: the API server compares it with the name of the request, and one for a collection
  /// has none. `list secrets` with the one name "" lists all Secrets, and `get secrets` with it gets none.
  package var withoutEmptyName: [PolicyRule] {
    guard resourceNames.contains("") else { return [self] }
    var named = self
    named.resourceNames.removeAll(where: \.isEmpty)
    var ofCollections = self
    ofCollections.resourceNames = []
    ofCollections.resources.removeAll { $0.contains("/") }
    ofCollections.verbs = verbs.contains("*") ? Self.verbsOfCollections : verbs.filter(Self.verbsOfCollections.contains)
    return (ofCollections.verbs.isEmpty || ofCollections.resources.isEmpty ? [] : [ofCollections])
      + (named.resourceNames.isEmpty ? [] : [named])
  }

  /// Verbs whose requests name no object, other than those for a subresource.
  static let verbsOfCollections = ["list", "watch", "create", "deletecollection"]

  package func allowsURL(_ path: String) -> Bool {
    nonResourceURLs.contains { Self.url($0, covers: path) || $0 == "*" }
  }

  static func url(_ rule: String, covers path: String) -> Bool {
    if rule == path { return true }
    guard rule.hasSuffix("*") else { return false }
    var prefix = Substring(rule)
    while prefix.hasSuffix("*") { prefix.removeLast() }
    return path.hasPrefix(prefix)
  }

  private static func contains(_ list: [String], _ value: String) -> Bool {
    for item in list where item == value || item == "*" { return true }
    return false
  }

  package func allows(_ request: AccessRequest) -> Bool {
    switch request.target {
    case .resource(let target):
      allowsVerb(request.verb) && allowsGroup(target.group)
        && allowsResource(target.combined, subresource: target.subresource) && allowsName(target.name)
    case .path(let path): allowsVerb(request.verb) && allowsURL(path)
    }
  }

  /// The rule in one line: `get, list pods in "" names a, b`.
  package var text: String {
    var parts = [verbs.joined(separator: ",")]
    if !resources.isEmpty {
      let groups = apiGroups.map { $0.isEmpty ? "core" : $0 }.joined(separator: ",")
      parts.append(resources.joined(separator: ",") + " (" + groups + ")")
    }
    if !nonResourceURLs.isEmpty { parts.append(nonResourceURLs.joined(separator: ",")) }
    if !resourceNames.isEmpty { parts.append("named " + namesText) }
    return parts.joined(separator: " ")
  }

  /// The names, with one that is empty in quotation marks.
  package var namesText: String { resourceNames.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: ",") }
}
