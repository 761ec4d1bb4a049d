/// From every position of a graph the nearest thing worth protecting, found at once: the steps are walked backwards from all
/// targets together.
package struct DepthRemaining: Sendable {
  /// What is nearest to a position.
  package struct Answer: Sendable, Hashable {
    /// Controls that must fail; 0 where the position is the target, or an open door leads there.
    package let depth: Int
    package let target: DepthTarget
    /// Whether it holds without the steps that may not exist.
    package let isCertain: Bool
  }

  private let graph: DepthGraph
  private let arcs: [DepthSolver.Arc]
  private let possible: DepthSolver.Solution
  private let certain: DepthSolver.Solution
  /// By place of the target.
  private let targets: [Int: DepthTarget]

  /// - Parameter targets: the first of those at one place counts.
  package init(_ graph: DepthGraph, to targets: [DepthTarget]) {
    self.graph = graph
    let arcs = graph.arcs.map { DepthSolver.Arc(from: $0.to, to: $0.from, controls: $0.controls) }
    self.arcs = arcs
    var byPlace: [Int: DepthTarget] = [:]
    for target in targets {
      if let place = graph.place(of: target.position), byPlace[place] == nil { byPlace[place] = target }
    }
    self.targets = byPlace
    let solver = DepthSolver(places: graph.placeCount, arcs)
    let starts = byPlace.keys.sorted()
    possible = solver.solve(from: starts)
    let exists = graph.stepsThatExist
    certain = exists.allSatisfy { $0 } ? possible : solver.solve(from: starts, isOpen: exists)
  }

  /// Nil for what the graph does not hold, or from where nothing leads to a target.
  package func from(_ position: DepthPosition) -> Answer? {
    guard let place = graph.place(of: position), let depth = possible.depth(of: place) else { return nil }
    let isCertain = certain.depth(of: place)?.upper == depth.upper
    let first = (isCertain ? certain : possible).path(to: place).first
    guard let target = targets[first.map { arcs[$0].from } ?? place] else { return nil }
    return Answer(depth: depth.upper, target: target, isCertain: isCertain && depth.isExact)
  }
}
