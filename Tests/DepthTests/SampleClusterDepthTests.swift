import Depth
import Kube
import TestKit
import Testing

/// The sample cluster has the depths that the table in `docs/depth.md` reasons out.
struct SampleClusterDepthTests {
  /// From, target, controls over all steps that may exist, controls over those that do.
  static let table: [(String, String, Int?, Int?)] = [
    ("internet", "cluster-admin", 1, 2),
    ("internet", "pod:payments/orders-db", 1, 2),
    ("internet", "secret:payments/orders-db", 1, 2),
    ("internet", "pod:ci/runner", 1, 2),
    ("internet", "node", 1, 2),
    ("network", "cluster-admin", 1, 1),
    ("network", "pod:payments/orders-db", 1, 1),
    ("network", "secret:payments/orders-db", 1, 1),
    ("network", "pod:ci/runner", 1, 1),
    ("pod:frontend/shop-front", "pod:payments/orders-db", 1, 1),
    ("pod:ci/runner", "cluster-admin", 0, 0),
    ("pod:monitoring/node-agent", "node", 0, 0),
    ("subject:group:developers", "pod:payments/orders-db", 0, 0),
    ("subject:user:kim@kestrel.example", "pod:payments/orders-db", nil, nil),
  ]

  @Test(arguments: table) func depth(_ from: String, _ to: String, _ possible: Int?, _ certain: Int?) throws {
    let graph = DepthClusters.graph(try DepthClusters.sampleSnapshot())
    let answer = try #require(DepthClusters.answer(graph, from: from, to: to))
    #expect(answer.depth?.upper == possible)
    #expect(answer.certain?.upper == certain)
    #expect(answer.depth?.isExact ?? true)
  }

  @Test func whatIsWorthProtectingIsFoundByItself() throws {
    let graph = DepthClusters.graph(try DepthClusters.sampleSnapshot())
    #expect(
      graph.targets.map(\.name) == ["cluster-admin", "node", "pod:payments/orders-db", "secret:payments/orders-db"])
  }

  @Test func theCheapestCutIsTried() throws {
    let snapshot = try DepthClusters.sampleSnapshot()
    let graph = DepthClusters.graph(snapshot)
    let runner = try #require(graph.positions(of: .pod(namespace: "ci", name: "runner")).first)
    let cut = try #require(
      DepthCut.cheapest(graph, from: runner, to: .clusterAdmin) { DepthClusters.graph($0) })
    guard case .found = cut.outcome else {
      Issue.record("not found: \(cut.outcome)")
      return
    }
    let before = try #require(cut.before.depth?.upper)
    #expect(cut.after?.depth.map { $0.upper > before } ?? true)
    #expect(!cut.changes.isEmpty)
  }
}
