/// Whether one set of rules covers another, as the escalation check of the API server decides it.
///
/// Source: k8s.io/component-helpers `auth/rbac/validation/policy_comparator.go`. The wanted rules are split into atoms,
/// and each atom must be covered by a single rule of the owner.
package enum RuleCoverage {
  /// Atoms of `wanted` that no rule of `held` covers; empty when all is covered.
  package static func missing(_ wanted: [PolicyRule], heldIn held: [PolicyRule]) -> [PolicyRule] {
    var missing: [PolicyRule] = []
    for rule in wanted {
      for atom in atoms(of: rule) where !held.contains(where: { covers($0, atom) }) { missing.append(atom) }
    }
    return missing
  }

  package static func atoms(of rule: PolicyRule) -> [PolicyRule] {
    var atoms: [PolicyRule] = []
    for group in rule.apiGroups {
      for resource in rule.resources {
        for verb in rule.verbs {
          if rule.resourceNames.isEmpty {
            atoms.append(PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource]))
          }
          for name in rule.resourceNames {
            atoms.append(PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: [name]))
          }
        }
      }
    }
    for url in rule.nonResourceURLs {
      for verb in rule.verbs { atoms.append(PolicyRule(verbs: [verb], nonResourceURLs: [url])) }
    }
    return atoms
  }

  static func covers(_ owner: PolicyRule, _ atom: PolicyRule) -> Bool {
    let names =
      atom.resourceNames.isEmpty
      ? owner.resourceNames.isEmpty
      : owner.resourceNames.isEmpty || atom.resourceNames.allSatisfy(owner.resourceNames.contains)
    return names && all(atom.verbs, in: owner.verbs) && all(atom.apiGroups, in: owner.apiGroups)
      && resources(atom.resources, in: owner.resources)
      && atom.nonResourceURLs.allSatisfy { path in
        owner.nonResourceURLs.contains { PolicyRule.url($0, covers: path) }
      }
  }

  private static func all(_ wanted: [String], in held: [String]) -> Bool {
    held.contains("*") || wanted.allSatisfy(held.contains)
  }

  private static func resources(_ wanted: [String], in held: [String]) -> Bool {
    if held.contains("*") { return true }
    return wanted.allSatisfy { path in
      if held.contains(path) { return true }
      let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 && held.contains("*/" + parts[1])
    }
  }
}
