/// Merges rules that differ in one dimension only, without allowing anything more.
package enum RuleCompaction {
  package static func compact(_ rules: [PolicyRule]) -> [PolicyRule] {
    let atoms = Set(rules.flatMap(RuleCoverage.atoms))
    /// Without a name: all of them. The empty name is one that a rule may bear.
    var namesOf: [Key: Set<String?>] = [:]
    var urls: [String: Set<String>] = [:]
    for atom in atoms {
      if let url = atom.nonResourceURLs.first {
        urls[url, default: []].formUnion(atom.verbs)
      } else if let group = atom.apiGroups.first, let resource = atom.resources.first {
        namesOf[Key(group: group, resource: resource, verb: atom.verbs.first ?? ""), default: []].insert(
          atom.resourceNames.first)
      }
    }
    // Verbs with the same names on one resource, then resources with the same verbs and names, then groups.
    var byResource: [Row: Set<String>] = [:]
    for (key, names) in namesOf {
      let names = names.contains(nil) ? [] : names.compactMap { $0 }.sorted()
      byResource[Row(groups: [key.group], resources: [key.resource], names: names, verbs: []), default: []].insert(
        key.verb)
    }
    var rows = byResource.map {
      Row(groups: $0.key.groups, resources: $0.key.resources, names: $0.key.names, verbs: sortedVerbs($0.value))
    }
    // Names belong to one resource: merging resources would apply a name of one to the other.
    let named = rows.filter { !$0.names.isEmpty }
    let byVerbs = Dictionary(grouping: rows.filter(\.names.isEmpty)) {
      Row(groups: $0.groups, resources: [], names: [], verbs: $0.verbs)
    }
    let joined = byVerbs.map { key, rows in
      Row(groups: key.groups, resources: rows.flatMap(\.resources).sorted(), names: [], verbs: key.verbs)
    }
    let byResources = Dictionary(grouping: joined) {
      Row(groups: [], resources: $0.resources, names: [], verbs: $0.verbs)
    }
    rows =
      named
      + byResources.map { key, rows in
        Row(groups: rows.flatMap(\.groups).sorted(), resources: key.resources, names: [], verbs: key.verbs)
      }
    let resourceRules = rows.sorted().map {
      PolicyRule(verbs: $0.verbs, apiGroups: $0.groups, resources: $0.resources, resourceNames: $0.names)
    }
    let urlRules = Dictionary(grouping: urls) { sortedVerbs($0.value) }
      .map { PolicyRule(verbs: $0.key, nonResourceURLs: $0.value.map(\.key).sorted()) }
      .sorted { $0.nonResourceURLs.lexicographicallyPrecedes($1.nonResourceURLs) }
    return resourceRules + urlRules
  }

  private struct Key: Hashable {
    let group: String
    let resource: String
    let verb: String
  }

  private struct Row: Hashable, Comparable {
    let groups: [String]
    let resources: [String]
    let names: [String]
    let verbs: [String]

    static func < (a: Row, b: Row) -> Bool {
      (
        a.groups.joined(separator: ","), a.resources.joined(separator: ","), a.names.joined(separator: ","),
        a.verbs.joined(separator: ",")
      )
        < (
          b.groups.joined(separator: ","), b.resources.joined(separator: ","), b.names.joined(separator: ","),
          b.verbs.joined(separator: ",")
        )
    }
  }

  private static let verbOrder = [
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
  ]

  /// Reading verbs first, as is customary.
  private static func sortedVerbs(_ verbs: Set<String>) -> [String] {
    verbs.sorted {
      (verbOrder.firstIndex(of: $0) ?? verbOrder.count, $0) < (verbOrder.firstIndex(of: $1) ?? verbOrder.count, $1)
    }
  }
}
