import Depth
import TestKit
import Testing

/// The search against every path of small graphs.
struct DepthSolverTests {
  /// The least number of distinct controls over all paths that visit no place twice.
  static func exhaustive(_ places: Int, _ arcs: [DepthSolver.Arc], from start: Int) -> [Int?] {
    var best = [Int?](repeating: nil, count: places)
    var visited = [Bool](repeating: false, count: places)
    func walk(_ place: Int, _ controls: Set<Int>) {
      if best[place].map({ controls.count < $0 }) ?? true { best[place] = controls.count }
      visited[place] = true
      for arc in arcs where arc.from == place && !visited[arc.to] { walk(arc.to, controls.union(arc.controls)) }
      visited[place] = false
    }
    walk(start, [])
    return best
  }

  static func graph(_ random: inout SeededRandom) -> (places: Int, arcs: [DepthSolver.Arc]) {
    let places = 2 + random.below(6)
    let controls = 1 + random.below(6)
    let arcs = (0..<(1 + random.below(places * 3))).map { _ in
      let count = random.below(4)
      return DepthSolver.Arc(
        from: random.below(places), to: random.below(places),
        controls: Set((0..<count).map { _ in random.below(controls) }).sorted())
    }
    return (places, arcs)
  }

  @Test func depthEqualsExhaustiveSearch() {
    var random = SeededRandom(seed: 23)
    for _ in 0..<500 {
      let (places, arcs) = Self.graph(&random)
      let solution = DepthSolver(places: places, arcs).solve(from: 0)
      let wanted = Self.exhaustive(places, arcs, from: 0)
      for place in 0..<places {
        let found = solution.depth(of: place)
        let path = solution.path(to: place)
        var isPath = true
        var at = 0
        for number in path {
          isPath = isPath && arcs[number].from == at
          at = arcs[number].to
        }
        let isRight =
          found?.upper == wanted[place] && found?.isExact ?? true && isPath && (found == nil || at == place)
          && Set(path.flatMap { arcs[$0].controls }).count == found?.upper ?? 0
        if !isRight { Issue.record("place \(place) of \(places), \(arcs)") }
      }
    }
  }

  @Test func limitsGiveBoundsThatHold() {
    var random = SeededRandom(seed: 5)
    var cutOff = 0
    for _ in 0..<400 {
      let (places, arcs) = Self.graph(&random)
      var limits = DepthSolver.Limits()
      limits.setsPerPlace = 1
      let solution = DepthSolver(places: places, arcs).solve(from: 0, limits: limits)
      let wanted = Self.exhaustive(places, arcs, from: 0)
      for place in 0..<places {
        let found = solution.depth(of: place)
        guard let found, let wanted = wanted[place] else {
          if found != nil || wanted[place] != nil { Issue.record("place \(place), \(arcs)") }
          continue
        }
        if found.lower > wanted || wanted > found.upper { Issue.record("place \(place), \(arcs)") }
        if !found.isExact { cutOff += 1 }
      }
    }
    #expect(cutOff > 0)
  }

  @Test func aControlThatFailedOnceIsNotCountedAgain() {
    let arcs = [
      DepthSolver.Arc(from: 0, to: 1, controls: [7]), DepthSolver.Arc(from: 1, to: 3, controls: [7]),
      DepthSolver.Arc(from: 0, to: 2, controls: [8]), DepthSolver.Arc(from: 2, to: 3, controls: [9]),
      DepthSolver.Arc(from: 3, to: 4, controls: [7]),
    ]
    let solution = DepthSolver(places: 6, arcs).solve(from: 0)
    #expect(solution.depth(of: 4)?.upper == 1 && solution.depth(of: 4)?.isExact == true)
    #expect(solution.depth(of: 0)?.upper == 0)
    #expect(solution.depth(of: 5) == nil)
  }

  /// Which nodes are of the control plane, Node objects say; where there are none, any may be.
  @Test(arguments: [
    ("", Int?.some(0), Int?.none), ("{apiVersion: v1, kind: Node, metadata: {name: n1}}", nil, nil),
    (
      "{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: \"\"}}}", 0, 0
    ), ("{apiVersion: v1, kind: Node, metadata: {name: other}}", 0, nil),
  ]) func aNodeMayBeOneOfTheControlPlane(_ node: String, _ possible: Int?, _ certain: Int?) throws {
    let pod =
      "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a}, spec: {nodeName: n1, automountServiceAccountToken: false, containers: [{name: c, image: x, securityContext: {privileged: true}}]}}"
    let graph = DepthClusters.graph(pod + "\n---\n" + node)
    let answer = try #require(DepthClusters.answer(graph, from: "pod:a/p", to: "cluster-admin"))
    #expect(answer.depth?.upper == possible)
    #expect(answer.certain?.upper == certain)
  }
}
