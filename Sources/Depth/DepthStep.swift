import Findings

/// One step of a path: what is done, what has to fail for it, and what it rests on.
package struct DepthStep: Sendable {
  package let from: DepthPosition
  package let to: DepthPosition
  package let technique: Technique
  /// All controls in the way of this step, in order; some of them may have failed before.
  package let controls: [StandingControl]
  package let proof: StepProof
  package let doubt: DepthGraph.Doubt?
  /// What is done, in a few words whose subject is the attacker.
  package let text: String
  /// Numbers of the edges of the graph that it was made of.
  let edges: [Int]

  /// Whether it only names a member of a class.
  package var isMembership: Bool { technique.isMembership }
}

/// A way from a position to a target.
package struct DepthPath: Sendable {
  package let steps: [DepthStep]
  /// Controls that have to fail on it, each once, in the order in which they are met.
  package let controls: [StandingControl]

  package var depth: Int { controls.count }
  package var isCertain: Bool { steps.allSatisfy { $0.doubt == nil } }

  init(_ steps: [DepthStep]) {
    self.steps = steps
    var seen = Set<StandingControl>()
    controls = steps.flatMap(\.controls).filter { seen.insert($0).inserted }
  }

  /// Positions with something to hold, from the start to the target: without classes that are only passed.
  package var stations: [DepthPosition] {
    guard let first = steps.first else { return [] }
    var stations = [first.from]
    for (index, step) in steps.enumerated() {
      // A class whose member is named next says nothing that the member does not.
      if index + 1 < steps.count, steps[index + 1].isMembership, Self.isClass(step.to) { continue }
      if stations.last != step.to { stations.append(step.to) }
    }
    return stations
  }

  private static func isClass(_ position: DepthPosition) -> Bool {
    switch position {
    case .rights(.accounts), .rights(.pods), .rights(.secrets), .rights(.users), .rights(.pod), .rights(.node),
      .nodeOfPod:
      true
    default: false
    }
  }
}
