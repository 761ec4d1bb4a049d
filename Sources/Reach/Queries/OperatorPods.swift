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

  /// Whether the pods that a policy is for may be some of them: it asks for a label by which an operator marks what it makes
  /// of a resource in the policy's namespace, with the domain of its API in the key or the resource's name in the value.
  func makesSubjects(of policy: KubeObject) -> Bool {
    guard let own = resources[policy.effectiveNamespace] else { return false }
    let places: Set<String> = ["podSelector", "endpointSelector", "selector", "subject"]
    return (policy.spec?.entries ?? []).contains { places.contains($0.key) && makes(labels($0, 0), own) }
  }

  /// The same of the peers of a rule, which may be in any namespace.
  func makesPeers(of rule: DocumentNode) -> Bool {
    guard !resources.isEmpty else { return false }
    let all = resources.values.flatMap { $0 }
    return makes(labels(rule, 0), all)
  }

  private func makes(_ labels: [(key: String, values: [String])], _ resources: [(name: String, group: String)]) -> Bool
  {
    labels.contains { key, values in
      resources.contains { resource in
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
    return node.entries.flatMap { labels($0, depth) }
  }

  private func labels(_ entry: Mapping.Entry, _ depth: Int) -> [(key: String, values: [String])] {
    switch entry.key {
    case "matchLabels": return entry.value.stringMap.map { ($0.key, [$0.value]) }
    case "matchExpressions":
      return entry.value.elements.compactMap { item in item["key"]?.string.map { ($0, item["values"]?.strings ?? []) } }
    case "selector":
      // An expression of Calico, whose values stand in quotes.
      guard let text = entry.value.string else { return labels(entry.value, depth + 1) }
      let values = text.split { $0 == "'" || $0 == "\"" }.map(String.init)
      return CalicoSelector.labels(text).map { ($0, values) }
    default: return labels(entry.value, depth + 1)
    }
  }
}
