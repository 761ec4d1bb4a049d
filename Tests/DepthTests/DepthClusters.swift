import Access
import Depth
import Kube
import Reach
import TestKit

/// Graphs of small clusters.
enum DepthClusters {
  static func graph(_ snapshot: ClusterSnapshot, names: [String] = []) -> DepthGraph {
    var input = DepthGraph.Input(
      AccessInventory(snapshot), ReachModel(snapshot, profile: ReachProfile.fitting(snapshot)))
    input.names = names.compactMap { DepthName($0) }
    return DepthGraph(input)
  }

  static func graph(_ yaml: String, names: [String] = []) -> DepthGraph { graph(Fixtures.snapshot(yaml), names: names) }

  /// The depth of a target; nil where nothing leads to it.
  static func answer(_ graph: DepthGraph, from: String, to: String) -> DepthField.Answer? {
    guard let start = DepthName(from), let goal = DepthName(to), let first = graph.positions(of: start).first,
      let last = graph.positions(of: goal).first, let field = graph.field(from: first, graph.solver())
    else { return nil }
    return graph.answer(field, last)
  }

  static func path(_ graph: DepthGraph, from: String, to: String) -> DepthPath? {
    guard let start = DepthName(from), let goal = DepthName(to), let first = graph.positions(of: start).first,
      let last = graph.positions(of: goal).first, let field = graph.field(from: first, graph.solver())
    else { return nil }
    return graph.weakestPath(field, to: last)
  }

  static let sample = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/examples/cluster"

  static func sampleSnapshot() throws -> ClusterSnapshot { try Fixtures.snapshot(of: SourceFiles.manifests(sample)) }
}
