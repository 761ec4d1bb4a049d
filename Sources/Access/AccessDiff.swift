package import Kube

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

  /// What a comparison rests on and was not seen on either side: also roles that are bound on one side only, or to others there,
  /// and that are not in the input. A role that is bound alike on both sides is no difference that the input shows.
  package static func notSeen(from old: AccessInventory, to new: AccessInventory) -> [NotSeen] {
    let (before, after) = (unknownGrants(old), unknownGrants(new))
    let kinds = AccessInventory.kinds
    let unseen = old.snapshot.notSeen(kinds) + new.snapshot.notSeen(kinds)
    // Two inputs without bindings show no difference in them. In one that holds some, a kind of which it has none may be the first that
    // somebody writes; a copy of a cluster that has none was made without them.
    func absent(_ one: AccessInventory, _ other: AccessInventory) -> [NotSeen] {
      guard one.absentBindings != other.absentBindings, one.holdsNoBindings || one.hasAllRoles else { return [] }
      return one.absentGrants()
    }
    return Set(
      unseen + absent(old, new) + absent(new, old)
        + old.unknownRoles(before.filter { after[$0.key] == nil }.values.sorted())
        + new.unknownRoles(after.filter { before[$0.key] == nil }.values.sorted())
    ).sorted()
  }

  /// A grant of a role that the input does not hold.
  private struct UnknownGrant: Hashable {
    let namespace: String?
    let roleKind: String
    let roleName: String
    let subject: AccessSubject
  }

  /// Each with a binding that makes it.
  private static func unknownGrants(_ inventory: AccessInventory) -> [UnknownGrant: Int] {
    var found: [UnknownGrant: Int] = [:]
    for index in inventory.givenBindings where inventory.bindings[index].mayBeOfAnotherRole {
      let binding = inventory.bindings[index]
      guard !inventory.hasAll(binding.roleKind) else { continue }
      for subject in binding.subjects {
        let grant = UnknownGrant(
          namespace: binding.namespace, roleKind: binding.roleKind, roleName: binding.roleName, subject: subject)
        found[grant] = found[grant] ?? index
      }
    }
    return found
  }

  /// Changes by subject. The same right through another role or in other words is not a change.
  package static func changes(from old: AccessInventory, to new: AccessInventory) -> [Change] {
    var changes: [Change] = []
    let scopes = (ResourceScope(old.snapshot), ResourceScope(new.snapshot))
    for subject in Set(old.allSubjects).union(new.allSubjects).sorted() {
      // Who joined or left a group has gained or lost what it is granted; what the group gained is told of the group.
      let groups = (memberships(of: subject, old), memberships(of: subject, new))
      let isAlike = groups.0 == groups.1
      let before = rules(subject, isAlike ? [] : groups.0, old, scopes.0)
      let after = rules(subject, isAlike ? [] : groups.1, new, scopes.1)
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

  /// Groups of a user, as far as the input tells.
  private static func memberships(of subject: AccessSubject, _ inventory: AccessInventory) -> [String] {
    if case .user(let name) = subject { inventory.memberships.groups(of: name) } else { [] }
  }

  /// Rules of a subject's own bindings and of those of some groups, by namespace; only what has an effect there.
  private static func rules(
    _ subject: AccessSubject, _ groups: [String], _ inventory: AccessInventory, _ scope: ResourceScope
  ) -> [String?: [PolicyRule]] {
    var result: [String?: [PolicyRule]] = [:]
    if groups.contains("system:masters") { result[nil] = PolicyRule.fullAuthority }
    for index in inventory.bindings(of: subject) + groups.flatMap({ inventory.bindings(of: .group($0)) }) {
      let binding = inventory.bindings[index]
      guard let role = binding.role else { continue }
      let rules = inventory.roles[role].rules
      result[binding.namespace, default: []] +=
        binding.namespace == nil ? rules : rules.flatMap { $0.effective(inNamespaces: scope) }
    }
    return result
  }
}
