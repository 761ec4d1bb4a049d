package import Access
import Kube

/// What taking a binding away changes: found by doing without it, since another grant may open the same way.
package struct EscalationCut: Sendable {
  /// Index into the bindings of the inventory that was asked.
  package let binding: Int
  /// Subjects with a way, with the binding and without it.
  package let before: Int
  package let after: Int
  /// Steps of the shortest way that is left; nil for none.
  package let alternate: Int?

  /// The bindings that most ways go by, each tried, those that help most first.
  ///
  /// - Parameters:
  ///   - paths: the ways as they are.
  ///   - graph: in which they were found.
  ///   - profile: from which it was made.
  ///   - limit: how many bindings are tried at most.
  package static func all(
    _ paths: [(start: EscalationGraph.Position, steps: [EscalationGraph.Step])], to goal: EscalationGraph.Position,
    _ graph: EscalationGraph, _ profile: AccessProfile, limit: Int = 5
  ) -> [EscalationCut] {
    let inventory = profile.inventory
    var uses: [Int: Int] = [:]
    for path in paths {
      for binding in Set(path.steps.compactMap(\.binding)) where inventory.givenBindings.contains(binding) {
        uses[binding, default: 0] += 1
      }
    }
    let subjects = Set(
      paths.compactMap { path -> AccessSubject? in if case .subject(let subject) = path.start { subject } else { nil } }
    )
    let tried = uses.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map(\.key)
    return tried.map { binding in
      let rest = graph.without(binding: binding, profile)
      let reached = rest.paths(to: goal)
      let left = subjects.compactMap { rest.ownSteps(from: $0, reached) }
      return EscalationCut(
        binding: binding, before: subjects.count, after: left.count,
        alternate: left.map(EscalationGraph.length).min())
    }.sorted { ($0.after, $0.binding) < ($1.after, $1.binding) }
  }
}
