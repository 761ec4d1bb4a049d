/// Which checks of kube-bench's definitions are asked for. Source: kube-bench `cmd/common.go`.
package struct DefinitionFilter: Sendable {
  /// Ids; empty for all.
  package var groups: Set<String>
  package var checks: Set<String>
  /// Whether checks that count, and those that do not, are wanted.
  package var scored: Bool
  package var unscored: Bool

  package init(groups: Set<String> = [], checks: Set<String> = [], scored: Bool = true, unscored: Bool = true) {
    self.groups = groups
    self.checks = checks
    self.scored = scored
    self.unscored = unscored
  }

  package func includes(_ group: BenchmarkDefinition.Group, _ check: DefinitionCheck) -> Bool {
    (groups.isEmpty || groups.contains(group.id)) && (checks.isEmpty || checks.contains(check.id))
      && (check.isScored ? scored : unscored)
  }
}
