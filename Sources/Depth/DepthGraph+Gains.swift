import Access
package import Findings
import Kube
import Reach

extension DepthGraph {
  /// What makes a step possible that can be mended.
  package enum Cause: Sendable, Hashable {
    /// A way out of the pods of a workload.
    case escape(Subject)
    /// The token that they carry.
    case token(Subject)
    /// A binding.
    case grant(Subject)
    /// A way in from outside, by the object that opens it, and the workload behind it.
    case entry(Subject, workload: Subject)
    /// Pods that accept whatever comes.
    case openPods(Subject)
  }

  /// Of a target: how much deeper it lay without one cause of its weakest paths.
  package struct Gain: Sendable {
    package let cause: Cause
    /// Controls more; as many as `unreachable` where nothing would lead there any more.
    package let controls: Int
  }

  /// What a target counts that nothing leads to.
  package static let unreachable = 10

  /// Causes on the weakest paths, each done without: an exact answer for what is asked, and a search of few steps.
  ///
  /// - Parameter targets: the best gain of any of them counts.
  package func gains(from start: DepthPosition, to targets: [DepthPosition], _ solver: DepthSolver) -> [Gain] {
    guard let first = places[start] else { return [] }
    let goals = targets.compactMap { places[$0] }
    let before = solver.solve(from: first)
    var closings: [Cause: [Int]] = [:]
    for edge in edges.indices {
      if let cause = cause(of: edge) { closings[cause, default: []].append(edge) }
    }
    var wanted = Set<Cause>()
    for goal in goals where before.depth(of: goal) != nil {
      wanted.formUnion(before.path(to: goal).compactMap { cause(of: $0) })
    }
    return wanted.sorted { "\($0)" < "\($1)" }.compactMap { cause in
      let closed = Set(closings[cause] ?? [])
      let after = solver.solve(from: first, isOpen: edges.indices.map { !closed.contains($0) })
      let gain =
        goals.map { goal -> Int in
          guard let old = before.depth(of: goal)?.upper else { return 0 }
          return (after.depth(of: goal)?.upper ?? Self.unreachable) - old
        }.max() ?? 0
      return gain > 0 ? Gain(cause: cause, controls: gain) : nil
    }
  }

  private func cause(of number: Int) -> Cause? {
    let edge = edges[number]
    switch edge.evidence {
    case .member: return nil
    case .transit:
      guard case .transit(.arriving) = positions[Int(edge.from)], case .pod(let workload) = positions[Int(edge.to)],
        !edge.controls.contains(where: { [.ingressPolicy, .meshPolicy].contains(controls[Int($0)].mechanism) })
      else { return nil }
      return .openPods(workload)
    case .escalation(let index), .guarded(let index, _):
      guard let binding = escalationSteps[index].binding, input.inventory.givenBindings.contains(binding) else {
        return nil
      }
      return .grant(input.inventory.bindings[binding].object.subject)
    case .granted(let binding), .removal(let binding):
      guard input.inventory.givenBindings.contains(binding) else { return nil }
      return .grant(input.inventory.bindings[binding].object.subject)
    case .proof(let proof):
      switch proof {
      case .escape(let workload, _), .keysOfNode(let workload, _): return .escape(subjects[workload])
      case .unknownRole(let binding): return .grant(input.inventory.bindings[binding].object.subject)
      case .token(let workload): return .token(subjects[workload])
      case .entryPoint(let index):
        let entry = exposure.entryPoints[index]
        let object: Subject
        switch entry.via {
        case .service(_, let namespace, let name): object = Subject(kind: "Service", namespace: namespace, name: name)
        case .route(let route, let namespace, _):
          object = Subject(group: route.group, kind: route.kind, namespace: namespace, name: route.name)
        case .hostPort, .hostNetwork: object = entry.workload
        }
        return .entry(object, workload: entry.workload)
      default: return nil
      }
    }
  }
}
