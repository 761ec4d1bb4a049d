/// What an attacker who has one workload reaches from it, step by step.
package struct BlastRadius: Sendable {
  package struct Reached: Sendable {
    package let name: String
    package let steps: Int
    /// The workload before it on the shortest way.
    package let from: String
    package let ports: ConnectionSet
  }

  package let reached: [Reached]
  /// Ports on which the workload itself reaches external addresses.
  package let external: ConnectionSet

  /// - Parameter start: a workload as the model names it, `ns/name[Kind]`.
  package init?(_ start: String, _ model: ReachModel) {
    let cluster = model.cluster
    let mine = Set(cluster.endpoints.filter { $0.workloadText == start }.map(\.unit))
    guard !mine.isEmpty else { return nil }
    let rows = ReachRows(model)
    // Whoever owns one pod of a unit owns, for the network, all of them: the search goes over units.
    var members = [Set<String>](repeating: [], count: cluster.units.count)
    for endpoint in cluster.endpoints { members[endpoint.unit].insert(endpoint.workloadText) }
    var seen: Set<String> = [start]
    var left = [Bool](repeating: true, count: cluster.units.count)
    var open = mine.sorted().map { (unit: $0, name: start) }
    var sources = mine
    var reached: [Reached] = []
    var step = 0
    while !open.isEmpty {
      step += 1
      var found: [String: Reached] = [:]
      for source in open {
        rows.visitPairs(from: source.unit) { unit, id in
          guard left[unit], rows.set(id).hasPorts else { return }
          left[unit] = false
          for name in members[unit] where !seen.contains(name) && found[name] == nil {
            found[name] = Reached(name: name, steps: step, from: source.name, ports: rows.set(id))
          }
        }
      }
      reached += found.values.sorted { $0.name < $1.name }
      seen.formUnion(found.keys)
      open = []
      for endpoint in cluster.endpoints
      where found[endpoint.workloadText] != nil && sources.insert(endpoint.unit).inserted {
        open.append((endpoint.unit, endpoint.workloadText))
      }
    }
    var outside = ConnectionSetTable.none
    for unit in mine {
      for position in cluster.ranges.indices {
        outside = rows.union(outside, rows.side(unit, .egress, cluster.units.count + position))
      }
    }
    self.reached = reached
    external = rows.set(outside)
  }
}
