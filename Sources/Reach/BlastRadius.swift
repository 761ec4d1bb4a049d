/// What an attacker who has one workload reaches from it, step by step.
package struct BlastRadius: Sendable {
  package struct Reached: Sendable {
    package let name: String
    package let steps: Int
    /// The workload before it on the shortest way.
    package let from: String
    package let ports: PortSet
  }

  package let reached: [Reached]
  /// Ports on which the workload itself reaches external addresses.
  package let external: PortSet

  /// - Parameter start: a workload as the model names it, `ns/name[Kind]`.
  package init?(_ start: String, _ model: ReachModel) {
    let cluster = model.cluster
    var units: [String: Set<Int>] = [:]
    for endpoint in cluster.endpoints { units[endpoint.workloadText, default: []].insert(endpoint.unit) }
    guard let first = units[start] else { return nil }
    var rows = ReachRows(model)
    let names = units.keys.sorted()
    var seen: Set<String> = [start]
    var open = [start]
    var reached: [Reached] = []
    var step = 0
    while !open.isEmpty {
      step += 1
      var next: [String] = []
      for source in open {
        for destination in names where !seen.contains(destination) {
          var set = PortSetTable.none
          for a in units[source] ?? [] { for b in units[destination] ?? [] { set = rows.union(set, rows.pair(a, b)) } }
          let ports = rows.set(set)
          guard ports.hasPorts else { continue }
          seen.insert(destination)
          next.append(destination)
          reached.append(Reached(name: destination, steps: step, from: source, ports: ports))
        }
      }
      open = next
    }
    var outside = PortSetTable.none
    for unit in first {
      for position in cluster.ranges.indices {
        outside = rows.union(outside, rows.side(unit, .egress, cluster.units.count + position))
      }
    }
    self.reached = reached
    external = rows.set(outside)
  }
}
