import Bytes
import Kube

/// Pods that operators make of custom resources of the input: no manifest holds them, and policies select them.
struct OperatorPods {
  /// By namespace: names and groups of resources of kinds that the API server does not have itself.
  private var resources: [String: [(name: String, group: String)]] = [:]

  init(_ snapshot: ClusterSnapshot) {
    let known = Set(PolicyDialects.kinds + RouteSources.all.flatMap { $0.kinds } + PodTemplateCatalogue.kinds)
    for kind in snapshot.kinds
    where kind.group.contains(".") && !kind.group.hasSuffix(".k8s.io") && !known.contains(kind) {
      for object in snapshot.objects(kind) {
        resources[object.effectiveNamespace, default: []].append((object.name, kind.group))
      }
    }
  }

  /// Whether a selector within part of a policy asks for a label by which an operator marks what it makes of a resource in
  /// the policy's namespace: with the domain of its API in the key, or the resource's name in the value.
  func makes(_ node: DocumentNode?, _ policy: KubeObject) -> Bool {
    guard let node, let own = resources[policy.effectiveNamespace] else { return false }
    return labels(node, 0).contains { key, values in
      own.contains { resource in
        let domain = key.split(separator: "/").first.map(String.init) ?? ""
        let isOfGroup =
          key.contains("/")
          && (resource.group == domain || resource.group.hasSuffix("." + domain)
            || domain.hasSuffix("." + resource.group)
            || domain.split(separator: ".").suffix(2) == resource.group.split(separator: ".").suffix(2))
        return isOfGroup || values.contains { $0 == resource.name || $0.hasPrefix(resource.name + "-") }
      }
    }
  }

  private func labels(_ node: DocumentNode, _ depth: Int) -> [(key: String, values: [String])] {
    guard depth < Relevance.deepest else { return [] }
    if let items = node.array { return items.flatMap { labels($0, depth + 1) } }
    return node.entries.flatMap { entry -> [(key: String, values: [String])] in
      switch entry.key {
      case "matchLabels": entry.value.stringMap.map { ($0.key, [$0.value]) }
      case "matchExpressions":
        entry.value.elements.compactMap { item in item["key"]?.string.map { ($0, item["values"]?.strings ?? []) } }
      default: labels(entry.value, depth + 1)
      }
    }
  }
}
