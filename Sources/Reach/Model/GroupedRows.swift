/// What pods of one group may connect to pods of the others by, one source at a time. A group is what is told as one end: a
/// workload with pods of several classes, or workloads of the same classes.
struct GroupedRows {
  private let rows: ReachRows
  /// By group.
  private let podClasses: [[PodClassID]]
  /// A single class of a group by number; -1 where there are several: most groups have one, and are asked for by the million.
  private let single: [Int]
  /// By class at the other end, from the source.
  private var connections: [ConnectionSetTable.ID]

  init(_ rows: ReachRows, podClasses: [[PodClassID]]) {
    self.rows = rows
    self.podClasses = podClasses
    single = podClasses.map { $0.count == 1 ? $0[0].index : -1 }
    connections = [ConnectionSetTable.ID](
      repeating: ConnectionSetTable.none, count: rows.model.cluster.podClasses.count)
  }

  mutating func turn(to source: Int) {
    for index in connections.indices { connections[index] = ConnectionSetTable.none }
    for podClass in podClasses[source] {
      rows.visitPairs(from: podClass) { destination, id in
        connections[destination.index] = rows.union(connections[destination.index], id)
      }
    }
  }

  /// From the source that was turned to last.
  func connections(to destination: Int) -> ConnectionSetTable.ID {
    guard single[destination] < 0 else { return connections[single[destination]] }
    return podClasses[destination].reduce(ConnectionSetTable.none) { rows.union($0, connections[$1.index]) }
  }
}
