/// Which policies have something to say of a class of pods in one direction.
struct GoverningPolicies: Sendable {
  /// Places of policies in their stage, ascending, by stage.
  struct Signature: Hashable, Sendable {
    let places: [[Int]]

    var isEmpty: Bool { places.allSatisfy(\.isEmpty) }
  }

  /// By stage and class of pods.
  private var places: [[[Int]]]

  init(_ program: PolicyProgram, _ direction: TrafficDirection, podClassCount count: Int) {
    places = program.stages.map { stage in
      var table = [[Int]](repeating: [], count: count)
      for (place, policy) in stage.policies.enumerated() where policy.rules[direction] != nil {
        policy.subjects.visit { if $0.index < count { table[$0.index].append(place) } }
      }
      return table
    }
  }

  @inline(__always)
  subscript(stage: Int, podClass: PodClassID) -> [Int] { places[stage][podClass.index] }

  /// Those of all stages: what a class may do depends on nothing else of it.
  func signature(_ podClass: PodClassID) -> Signature { Signature(places: places.map { $0[podClass.index] }) }

  func isEmpty(_ podClass: PodClassID) -> Bool { places.allSatisfy { $0[podClass.index].isEmpty } }

  mutating func remove(_ place: Int, ofStage stage: Int, from subjects: PeerSet) {
    subjects.visit { peer in
      if peer.index < places[stage].count { places[stage][peer.index].removeAll { $0 == place } }
    }
  }

  mutating func insert(_ place: Int, ofStage stage: Int, for subjects: PeerSet) {
    subjects.visit { peer in
      guard peer.index < places[stage].count else { return }
      let next = places[stage][peer.index].firstIndex { $0 > place } ?? places[stage][peer.index].count
      places[stage][peer.index].insert(place, at: next)
    }
  }
}
