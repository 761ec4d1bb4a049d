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
    guard let radius = Search(model).radius(of: start) else { return nil }
    self = radius
  }

  private init(reached: [Reached], external: ConnectionSet) {
    self.reached = reached
    self.external = external
  }

  /// Many radii of one cluster: the rows of the matrix are made once, and who reaches whom at all is kept as bits.
  package final class Search {
    private let cluster: ReachCluster
    private let rows: ReachRows
    /// In order.
    private let workloads: [String]
    private let indexes: [String: Int]
    /// Workloads of each unit, and units of each workload.
    private var members: [[Int]]
    private var units: [[Int]]
    /// By unit the units that it reaches; made when asked for.
    private var reachable: [Bitset?]

    package init(_ model: ReachModel) {
      cluster = model.cluster
      rows = ReachRows(model)
      workloads = Set(cluster.endpoints.map(\.workloadText)).sorted()
      indexes = Dictionary(uniqueKeysWithValues: workloads.enumerated().map { ($1, $0) })
      var members = [Set<Int>](repeating: [], count: cluster.units.count)
      var units = [Set<Int>](repeating: [], count: workloads.count)
      for endpoint in cluster.endpoints {
        guard let index = indexes[endpoint.workloadText] else { continue }
        members[endpoint.unit].insert(index)
        units[index].insert(endpoint.unit)
      }
      self.members = members.map { $0.sorted() }
      self.units = units.map { $0.sorted() }
      reachable = [Bitset?](repeating: nil, count: cluster.units.count)
    }

    private func reached(from unit: Int) -> Bitset {
      if let known = reachable[unit] { return known }
      var result = Bitset(count: cluster.units.count)
      rows.visitPairs(from: unit) { destination, id in
        if !members[destination].isEmpty, rows.hasPorts(id) { result.insert(destination) }
      }
      reachable[unit] = result
      return result
    }

    /// Workloads that reach most others in one step, the widest first.
    package func widest(_ count: Int) -> [String] {
      let width = members.indices.map { unit -> Int in
        if members[unit].isEmpty { return 0 }
        var total = 0
        reached(from: unit).visit { total += members[$0].count }
        return total
      }
      return units.indices.map { (index: $0, width: units[$0].map { width[$0] }.max() ?? 0) }
        .sorted { ($1.width, $0.index) < ($0.width, $1.index) }.prefix(count).map { workloads[$0.index] }
    }

    /// - Parameter start: `ns/name[Kind]`; nil for what is no workload of the cluster.
    package func radius(of start: String) -> BlastRadius? {
      guard let own = indexes[start] else { return nil }
      // Whoever owns one pod of a unit owns, for the network, all of them: the search goes over units.
      var isSeen = [Bool](repeating: false, count: workloads.count)
      isSeen[own] = true
      var left = Bitset(count: cluster.units.count, full: true)
      var isSource = [Bool](repeating: false, count: cluster.units.count)
      var open = units[own].map { (unit: $0, workload: own) }
      for unit in units[own] { isSource[unit] = true }
      var reached: [Reached] = []
      var step = 0
      while !open.isEmpty {
        step += 1
        var found: [(workload: Int, from: Int, ports: ConnectionSetTable.ID)] = []
        for source in open {
          var news = self.reached(from: source.unit)
          news.formIntersection(left)
          if news.isEmpty { continue }
          left.subtract(news)
          news.visit { unit in
            for workload in members[unit] where !isSeen[workload] {
              isSeen[workload] = true
              found.append((workload, source.workload, rows.pair(source.unit, unit)))
            }
          }
          if left.isEmpty { break }
        }
        found.sort { $0.workload < $1.workload }
        open = []
        for item in found {
          reached.append(
            Reached(
              name: workloads[item.workload], steps: step, from: workloads[item.from], ports: rows.set(item.ports)))
          for unit in units[item.workload] where !isSource[unit] {
            isSource[unit] = true
            open.append((unit, item.workload))
          }
        }
      }
      var outside = ConnectionSetTable.none
      for unit in units[own] {
        for position in cluster.ranges.indices {
          outside = rows.union(outside, rows.side(unit, .egress, cluster.units.count + position))
        }
      }
      return BlastRadius(reached: reached, external: rows.set(outside))
    }
  }
}
