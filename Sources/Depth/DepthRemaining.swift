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
  /// From all targets backwards; nil where the graph holds none.
  private let field: DepthField?
  /// By place of the target.
  private let targets: [Int: DepthTarget]

  /// - Parameter targets: the first of those at one place counts.
  package init(_ graph: DepthGraph, to targets: [DepthTarget]) {
    self.graph = graph
    arcs = graph.arcs.map { DepthSolver.Arc(from: $0.to, to: $0.from, controls: $0.controls) }
    field = graph.field(from: targets.map(\.position), DepthSolver(places: graph.positions.count, arcs))
    self.targets = Dictionary(
      targets.compactMap { target in graph.place(of: target.position).map { ($0, target) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// Nil for what the graph does not hold, or from where nothing leads to a target.
  package func from(_ position: DepthPosition) -> Answer? {
    guard let field, let place = graph.place(of: position) else { return nil }
    let answer = graph.answer(field, position)
    guard let depth = answer.depth else { return nil }
    let isCertain = answer.certain?.upper == depth.upper
    let first = (isCertain ? field.certain ?? field.possible : field.possible).path(to: place).first
    guard let target = targets[first.map { arcs[$0].from } ?? place] else { return nil }
    return Answer(depth: depth.upper, target: target, isCertain: isCertain && depth.isExact)
  }
}
