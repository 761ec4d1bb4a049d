import Bytes

/// Connections gained and lost between two states of a cluster.
package struct ConnectivityDiff: Sendable {
  package struct Change: Sendable {
    package let source: String
    package let destination: String
    package let before: ConnectionSet
    package let after: ConnectionSet

    package var gained: ConnectionSet { after.subtracting(before) }
    package var lost: ConnectionSet { before.subtracting(after) }
  }

  /// In the order of the names of their ends.
  package let changes: [Change]
  /// Workloads that only one of the two states has.
  package let added: [String]
  package let removed: [String]

  package init(_ before: ReachModel, _ after: ReachModel) {
    let old = Side(Connectivity(before, granularity: .workloads))
    let new = Side(Connectivity(after, granularity: .workloads))
    var changes: [Change] = []
    for key in Set(old.pairs.keys).union(new.pairs.keys) {
      let was = old.pairs[key] ?? .none
      let now = new.pairs[key] ?? .none
      if was != now { changes.append(Change(source: key.a, destination: key.b, before: was, after: now)) }
    }
    for key in Set(old.external.keys).union(new.external.keys) {
      changes += Self.compare(key, old.external[key] ?? [], new.external[key] ?? [])
    }
    // Where the profile leaves ICMP to the network plugin, a change of it alone says nothing.
    let countsPortless = before.profile.deniesPortless && after.profile.deniesPortless
    self.changes = changes.filter { countsPortless || $0.gained.hasPorts || $0.lost.hasPorts }.sorted {
      ($0.source, $0.destination) < ($1.source, $1.destination)
    }
    let were = Set(before.cluster.endpoints.map(\.workloadText))
    let are = Set(after.cluster.endpoints.map(\.workloadText))
    added = are.subtracting(were).sorted()
    removed = were.subtracting(are).sorted()
  }

  private struct Pair: Hashable {
    let a: String
    let b: String
  }

  private struct Outside: Hashable {
    let workload: String
    let end: Connectivity.End
    let isV6: Bool
  }

  private typealias Piece = (range: IPRange, ports: ConnectionSet)

  private struct Side {
    var pairs: [Pair: ConnectionSet] = [:]
    var external: [Outside: [Piece]] = [:]

    init(_ connectivity: Connectivity) {
      for connection in connectivity.connections {
        guard let end = connection.external, let range = connection.range else {
          pairs[Pair(a: connection.source, b: connection.destination)] = connection.ports
          continue
        }
        let workload = end == .source ? connection.destination : connection.source
        external[Outside(workload: workload, end: end, isV6: range.isV6), default: []].append((range, connection.ports))
      }
    }
  }

  /// Both states cut the addresses at borders of their own: they are compared piece by piece, and equal pieces beside each
  /// other told as one.
  private static func compare(_ key: Outside, _ old: [Piece], _ new: [Piece]) -> [Change] {
    let whole = key.isV6 ? IPRange.allV6 : .allV4
    var starts: Set<UInt128> = [whole.low]
    for piece in old + new {
      starts.insert(piece.range.low)
      if piece.range.high < whole.high { starts.insert(piece.range.high + 1) }
    }
    let sorted = starts.sorted()
    var merged: [(range: IPRange, was: ConnectionSet, now: ConnectionSet)] = []
    for (index, low) in sorted.enumerated() {
      let high = index + 1 < sorted.count ? sorted[index + 1] - 1 : whole.high
      let range = IPRange(isV6: key.isV6, low: low, high: high)
      func at(_ pieces: [Piece]) -> ConnectionSet { pieces.first { $0.range.contains(range) }?.ports ?? .none }
      let was = at(old)
      let now = at(new)
      if let last = merged.last, last.was == was, last.now == now {
        merged[merged.count - 1].range = IPRange(isV6: key.isV6, low: last.range.low, high: high)
      } else {
        merged.append((range, was, now))
      }
    }
    return merged.filter { $0.was != $0.now }.map { piece in
      key.end == .source
        ? Change(source: piece.range.text, destination: key.workload, before: piece.was, after: piece.now)
        : Change(source: key.workload, destination: piece.range.text, before: piece.was, after: piece.now)
    }
  }
}
