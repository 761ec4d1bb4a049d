import Kube

/// What subjects may do in one snapshot and not in the other. Compares what rules allow, not how they are written.
package enum AccessDiff {
  /// What one subject gained and lost in one namespace. Rules are split into atoms (one group, resource, verb and name
  /// each), so that a rule merely written differently is no change.
  package struct Change: Sendable {
    package let subject: AccessSubject
    /// Nil: everywhere.
    package let namespace: String?
    package let gained: [PolicyRule]
    package let lost: [PolicyRule]
  }

  /// Changes by subject. The same right through another role or in other words is not a change.
  package static func changes(from old: AccessInventory, to new: AccessInventory) -> [Change] {
    var changes: [Change] = []
    for subject in Set(old.allSubjects).union(new.allSubjects).sorted() {
      let before = rules(subject, old)
      let after = rules(subject, new)
      for namespace in Set(before.keys).union(after.keys).sorted(by: { ($0 ?? "") < ($1 ?? "") }) {
        let everywhere = (before: before[nil] ?? [], after: after[nil] ?? [])
        let held = (before[namespace] ?? []) + (namespace == nil ? [] : everywhere.before)
        let holds = (after[namespace] ?? []) + (namespace == nil ? [] : everywhere.after)
        let gained = RuleCoverage.missing(after[namespace] ?? [], heldIn: held)
        let lost = RuleCoverage.missing(before[namespace] ?? [], heldIn: holds)
        if gained.isEmpty, lost.isEmpty { continue }
        changes.append(
          Change(
            subject: subject, namespace: namespace, gained: RuleCompaction.compact(gained),
            lost: RuleCompaction.compact(lost)))
      }
    }
    return changes
  }

  /// Rules of a subject's own bindings, by namespace.
  private static func rules(_ subject: AccessSubject, _ inventory: AccessInventory) -> [String?: [PolicyRule]] {
    var result: [String?: [PolicyRule]] = [:]
    for index in inventory.bindings(of: subject) {
      let binding = inventory.bindings[index]
      if let role = binding.role { result[binding.namespace, default: []] += inventory.roles[role].rules }
    }
    return result
  }
}
