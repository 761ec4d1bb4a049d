import Access
import Findings
package import Kube
import Reach

/// The cheapest set of changes after which a target is deeper, found by trying: paths are taken one after the other, each needs one
/// of its changes, and the cheapest choice that serves all is tried on the cluster itself.
package struct DepthCut: Sendable {
  /// How far the search goes.
  package struct Limits: Sendable {
    /// Paths that are looked at.
    package var paths = 200
    /// Changes in one cut.
    package var changes = 12

    package init() {}
  }

  /// How the search ended.
  package enum Outcome: Sendable {
    /// The changes are the cheapest ones, and the changed cluster was evaluated.
    case found
    /// Some path offers nothing that can be changed: its steps hold in every cluster, or by a policy's own will.
    case notPossible(DepthPath)
    /// Beyond the limits.
    case notFinished
  }

  package let changes: [DepthChange]
  /// Of each change.
  package let costs: [Int]
  package let outcome: Outcome
  package let before: DepthField.Answer
  /// In the changed cluster; nil unless one was found.
  package let after: DepthField.Answer?

  package var cost: Int { costs.reduce(0, +) }

  /// - Parameters:
  ///   - usage: what an audit log shows of use; nil: changes cost what they usually do.
  ///   - rebuild: the graph of a changed cluster.
  package static func cheapest(
    _ graph: DepthGraph, from start: DepthPosition, to target: DepthPosition, limits: Limits = .init(),
    usage: DepthUsage? = nil, rebuild: (ClusterSnapshot) -> DepthGraph
  ) -> DepthCut? {
    func cost(_ change: DepthChange) -> Int { usage?.cost(of: change) ?? change.usualCost }
    let solver = graph.solver()
    guard let field = graph.field(from: start, solver) else { return nil }
    let before = graph.answer(field, target)
    guard let depth = before.depth?.upper else { return nil }
    var needs: [[DepthChange]] = []
    var chosen: [DepthChange] = []
    var closings: [DepthChange: [Int]] = [:]
    for edge in graph.edges.indices {
      for change in graph.changes(closing: edge) { closings[change, default: []].append(edge) }
    }
    for _ in 0..<limits.paths {
      // On the graph at hand first, which costs little; then on the changed cluster.
      let closed = Set(chosen.flatMap { closings[$0] ?? [] })
      let options: [DepthChange]
      let offending: DepthPath
      if let path = graph.path(from: start, to: target, atMost: depth, closed: closed, solver) {
        offending = path
        options = graph.changes(of: path)
      } else {
        let changed = rebuild(chosen.reduce(graph.input.inventory.snapshot) { $1.applied(to: $0) })
        let other = changed.solver()
        guard let path = changed.path(from: start, to: target, atMost: depth, closed: [], other) else {
          let after = changed.field(from: start, other).map { changed.answer($0, target) }
          return DepthCut(
            changes: chosen, costs: chosen.map(cost), outcome: .found, before: before,
            after: after ?? DepthField.Answer.none)
        }
        // What was done did not take it away: another binding, say, brings the same right.
        offending = path
        options = changed.changes(of: path).filter { !chosen.contains($0) }
      }
      guard !options.isEmpty else {
        return DepthCut(changes: [], costs: [], outcome: .notPossible(offending), before: before, after: nil)
      }
      needs.append(options)
      guard let next = HittingSet.cheapest(needs, limit: limits.changes, cost) else { break }
      chosen = next
    }
    return DepthCut(changes: [], costs: [], outcome: .notFinished, before: before, after: nil)
  }
}

extension DepthGraph {
  /// A path of at most so many controls; nil where there is none.
  func path(
    from start: DepthPosition, to target: DepthPosition, atMost depth: Int, closed: Set<Int>, _ solver: DepthSolver
  ) -> DepthPath? {
    guard let from = places[start], let to = places[target] else { return nil }
    let open = closed.isEmpty ? nil : edges.indices.map { !closed.contains($0) }
    let solution = solver.solve(from: from, isOpen: open)
    guard let found = solution.depth(of: to), found.upper <= depth else { return nil }
    return path(solution.path(to: to))
  }

  func changes(of path: DepthPath) -> [DepthChange] {
    Set(path.steps.flatMap(\.edges).flatMap { changes(closing: $0) }).sorted { $0.text < $1.text }
  }

  /// Changes each of which takes a step away; empty where nothing can be done about it.
  func changes(closing edge: Int) -> [DepthChange] {
    let edge = edges[edge]
    switch edge.evidence {
    case .member: return []
    case .transit:
      // Open to all pods: a policy that lets nothing in puts a control into the step.
      guard edge.technique == .exploitsApplication, case .transit(.arriving) = positions[Int(edge.from)],
        case .pod(let workload) = positions[Int(edge.to)],
        !edge.controls.contains(where: { [.ingressPolicy, .meshPolicy].contains(controls[Int($0)].mechanism) })
      else { return [] }
      return [.isolate(workload: workload)]
    case .granted(let binding):
      guard case .rights(.subject(let holder)) = positions[Int(edge.from)] else { return [] }
      return revocations(binding, holder)
    case .removal(let binding):
      switch positions[Int(edge.from)] {
      case .rights(.subject(let holder)): return revocations(binding, holder)
      case .pod(let pod):
        let owners = (access.workloads.numbers[pod] ?? []).map { workloads[$0] }
        return [.withholdToken(workload: pod)]
          + owners.flatMap { owner in
            revocations(
              binding,
              .serviceAccount(
                namespace: owner.object.effectiveNamespace, name: owner.template.serviceAccountName))
          }
      default: return []
      }
    case .escalation(let index): return revocations(escalationSteps[index])
    case .guarded(let index, let namespace):
      var found = revocations(escalationSteps[index])
      if let namespace, edge.controls.isEmpty,
        input.inventory.snapshot.objects(.namespace).contains(where: { $0.name == namespace })
      {
        found.append(.enforcePodSecurity(namespace: namespace))
      }
      return found
    case .proof(let proof):
      switch proof {
      case .token(let workload): return [.withholdToken(workload: subjects[workload])]
      case .escape(let workload, _), .keysOfNode(let workload, _):
        return [.confine(workload: subjects[workload])]
      case .unknownRole(let binding):
        guard case .rights(.subject(let holder)) = positions[Int(edge.from)] else { return [] }
        return revocations(binding, holder)
      case .entryPoint(let index): return entryChanges(exposure.entryPoints[index])
      default: return []
      }
    }
  }

  private func entryChanges(_ entry: EntryPoint) -> [DepthChange] {
    switch entry.via {
    case .service(_, let namespace, let name):
      return [.closeEntry(Subject(kind: "Service", namespace: namespace, name: name))]
    case .route(let object, let namespace, _):
      return [.closeEntry(Subject(group: object.group, kind: object.kind, namespace: namespace, name: object.name))]
    case .hostPort, .hostNetwork: return []
    }
  }

  private func revocations(_ step: EscalationGraph.Step) -> [DepthChange] {
    guard let index = step.binding, case .subject(let holder) = step.from else { return [] }
    return revocations(index, holder)
  }

  private func revocations(_ index: Int, _ holder: AccessSubject) -> [DepthChange] {
    guard input.inventory.givenBindings.contains(index) else { return [] }
    let binding = input.inventory.bindings[index]
    guard let subject = input.inventory.identity(of: holder).subjects.first(where: binding.subjects.contains) else {
      return []
    }
    return [.revoke(binding: binding.object.subject, subject: subject.principal)]
  }
}

/// The cheapest choice that has one of each of several lists.
enum HittingSet {
  /// - Parameter limit: how many are chosen at most.
  /// - Returns: nil where no choice within the limit serves.
  static func cheapest<Item: Hashable & Sendable>(
    _ needs: [[Item]], limit: Int, _ cost: (Item) -> Int
  ) -> [Item]? {
    var best: (cost: Int, items: [Item])?
    var budget = 200_000
    func search(_ items: [Item], _ spent: Int) {
      budget -= 1
      if budget < 0 || items.count > limit { return }
      // Of equal cost, fewer changes.
      if let best, (spent, items.count) >= (best.cost, best.items.count) { return }
      let open = needs.filter { need in !need.contains(where: items.contains) }
      guard let need = open.min(by: { $0.count < $1.count }) else {
        best = (spent, items)
        return
      }
      for item in need.sorted(by: { cost($0) < cost($1) }) { search(items + [item], spent + cost(item)) }
    }
    search([], 0)
    return best?.items
  }
}
