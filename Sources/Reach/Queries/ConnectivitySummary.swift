/// The connection matrix in numbers, counted over classes of pods: fast where the matrix itself would be too long to read.
package struct ConnectivitySummary: Sendable {
  package let pods: Int
  /// Classes of pods that policies can tell apart.
  package let podClasses: Int
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
    let sizes = cluster.podClasses.map(\.endpoints.count)
    for source in cluster.podClassIDs where sizes[source.index] > 0 {
      var last = ConnectionSetTable.none
      rows.visitPairs(from: source) { destination, id in
        if id != last {
          sets.insert(id)
          last = id
        }
        let size = sizes[source.index]
        pairs += size * (source == destination ? size - 1 : sizes[destination.index])
      }
      if rows.reachesOutside(source, .ingress) { entered += sizes[source.index] }
      if rows.reachesOutside(source, .egress) { leaving += sizes[source.index] }
    }
    pods = cluster.endpoints.count
    podClasses = cluster.podClasses.count { !$0.endpoints.isEmpty }
    self.pairs = pairs
    portSets = sets.count
    self.entered = entered
    self.leaving = leaving
  }
}
