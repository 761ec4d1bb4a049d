import Bytes
package import Findings

/// Connections gained and lost between two states of a cluster.
package struct ConnectivityDiff: Sendable {
  /// Two ends, and what was and is open between them.
  package struct Change: Sendable {
    package let source: ConnectionEnd
    package let destination: ConnectionEnd
    package let before: ConnectionSet
    package let after: ConnectionSet

    package var gained: ConnectionSet { after.subtracting(before) }
    package var lost: ConnectionSet { before.subtracting(after) }
  }

  /// In the order of the names of their ends.
  package let changes: [Change]
  /// Workloads that only one of the two states has.
  package let added: [Subject]
  package let removed: [Subject]

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
    self.changes = Self.sorted(changes.filter { countsPortless || $0.gained.hasPorts || $0.lost.hasPorts })
    let were = Set(before.cluster.endpoints.map(\.workload))
    let are = Set(after.cluster.endpoints.map(\.workload))
    func inOrder(_ workloads: Set<Subject>) -> [Subject] { workloads.sorted { $0.workloadText < $1.workloadText } }
    added = inOrder(are.subtracting(were))
    removed = inOrder(were.subtracting(are))
  }

  /// By the texts of their ends.
  static func sorted(_ changes: [Change]) -> [Change] {
    changes.map { (source: $0.source.text, destination: $0.destination.text, change: $0) }
      .sorted { ($0.source, $0.destination) < ($1.source, $1.destination) }.map(\.change)
  }

  private struct Pair: Hashable {
    let a: ConnectionEnd
    let b: ConnectionEnd
  }

  /// One side of what an end says to addresses of a family.
  private struct Outside: Hashable {
    let end: ConnectionEnd
    let direction: TrafficDirection
    let isV6: Bool
  }

  private typealias Piece = (range: IPRange, ports: ConnectionSet)

  private struct Side {
    var pairs: [Pair: ConnectionSet] = [:]
    var external: [Outside: [Piece]] = [:]

    init(_ connectivity: Connectivity) {
      for connection in connectivity.connections {
        if case .range(let range) = connection.source {
          let key = Outside(end: connection.destination, direction: .ingress, isV6: range.isV6)
          external[key, default: []].append((range, connection.ports))
        } else if case .range(let range) = connection.destination {
          let key = Outside(end: connection.source, direction: .egress, isV6: range.isV6)
          external[key, default: []].append((range, connection.ports))
        } else {
          pairs[Pair(a: connection.source, b: connection.destination)] = connection.ports
        }
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
      key.direction == .ingress
        ? Change(source: .range(piece.range), destination: key.end, before: piece.was, after: piece.now)
        : Change(source: key.end, destination: .range(piece.range), before: piece.was, after: piece.now)
    }
  }
}
