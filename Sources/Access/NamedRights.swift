/// For which objects somebody holds a right in one place, with the bindings that bring it: what a set of capabilities leaves out.
package struct NamedRights: Sendable {
  /// Objects that a right covers.
  package struct Names: Sendable {
    /// A binding that gives all of them; nil when none does.
    package let all: Int?
    /// By name, a binding that gives it; those that are named beside a grant of all are not here.
    package let some: [String: Int]

    package var isEmpty: Bool { all == nil && some.isEmpty }
    package var names: [String] { some.keys.sorted() }

    /// The binding that gives one object.
    package func binding(for name: String) -> Int? { all ?? some[name] }

    /// Objects that both cover.
    package func intersection(_ other: Names) -> [String] {
      if all != nil { return other.names }
      return other.all != nil ? names : names.filter { other.some[$0] != nil }
    }
  }

  private let rules: [(rule: PolicyRule, binding: Int)]
  /// Whether any right is restricted to names.
  package let hasNames: Bool

  package init(_ inventory: AccessInventory, _ bindings: [Int]) {
    var rules: [(rule: PolicyRule, binding: Int)] = []
    for index in bindings {
      guard let role = inventory.bindings[index].role else { continue }
      for rule in inventory.roles[role].rules where !rule.resources.isEmpty {
        rules += rule.withoutEmptyName.map { ($0, index) }
      }
    }
    self.rules = rules
    hasNames = rules.contains { !$0.rule.resourceNames.isEmpty }
  }

  /// Objects for which any of the verbs is granted.
  ///
  /// - Parameter resource: with its subresource.
  package func names(_ verbs: [String], _ group: String, _ resource: String) -> Names {
    let subresource = resource.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    var all: Int?
    var some: [String: Int] = [:]
    for (rule, binding) in rules
    where rule.allowsGroup(group) && rule.allowsResource(resource, subresource: subresource)
      && verbs.contains(where: rule.allowsVerb)
    {
      if rule.resourceNames.isEmpty { all = all ?? binding }
      for name in rule.resourceNames where some[name] == nil { some[name] = binding }
    }
    return Names(all: all, some: all == nil ? some : [:])
  }
}
