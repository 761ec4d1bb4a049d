/// The connection matrix in numbers, counted over units: fast where the matrix itself would be too long to read.
package struct ConnectivitySummary: Sendable {
  package let pods: Int
  package let units: Int
  /// Ordered pairs of different pods that can connect.
  package let pairs: Int
  /// Different sets of ports among them.
  package let portSets: Int
  /// Pods that some external address reaches, and pods that reach one.
  package let entered: Int
  package let leaving: Int

  package init(_ model: ReachModel) {
    let rows = ReachRows(model)
    let cluster = model.cluster
    var pairs = 0
    var entered = 0
    var leaving = 0
    var sets = Set<ConnectionSetTable.ID>()
    let sizes = cluster.units.map(\.endpoints.count)
    for source in cluster.units.indices where sizes[source] > 0 {
      var last = ConnectionSetTable.none
      rows.visitPairs(from: source) { destination, id in
        if id != last {
          sets.insert(id)
          last = id
        }
        pairs += sizes[source] * (source == destination ? sizes[source] - 1 : sizes[destination])
      }
      if rows.reachesOutside(source, .ingress) { entered += sizes[source] }
      if rows.reachesOutside(source, .egress) { leaving += sizes[source] }
    }
    pods = cluster.endpoints.count
    units = cluster.units.count { !$0.endpoints.isEmpty }
    self.pairs = pairs
    portSets = sets.count
    self.entered = entered
    self.leaving = leaving
  }
}
