import Bytes
package import Kube

/// What single policies would change in a cluster that was read once: milliseconds for each.
package final class PolicyChange {
  private let rows: ReachRows
  private let units: [String: Set<Int>]

  package init(_ model: ReachModel) {
    rows = ReachRows(model)
    var units: [String: Set<Int>] = [:]
    for endpoint in model.cluster.endpoints { units[endpoint.workloadText, default: []].insert(endpoint.unit) }
    self.units = units
  }

  /// Applies a NetworkPolicy, and tells the connections that it gains and loses.
  ///
  /// - Returns: nil where the cluster has to be read again with the policy in it: it is refused, or of another dialect than
  ///   all others, or tells pods or addresses apart that no other policy tells apart.
  package func apply(_ policy: KubeObject) -> [ConnectivityDiff.Change]? {
    guard let changes = rows.apply(policy) else { return nil }
    let cluster = rows.model.cluster
    let unitCount = cluster.units.count
    var was: [Int: [Int: ConnectionSetTable.ID]] = [:]
    for change in changes { was[change.source, default: [:]][change.destination] = change.before }
    func names(_ unit: Int) -> Set<String> {
      Set(cluster.units[unit].endpoints.map { cluster.endpoints[$0].workloadText })
    }
    var pairs: [String: Set<String>] = [:]
    var outside: [Outside: [(range: Int, before: ConnectionSet, after: ConnectionSet)]] = [:]
    for change in changes {
      if change.source < unitCount, change.destination < unitCount {
        for name in names(change.source) { pairs[name, default: []].formUnion(names(change.destination)) }
        continue
      }
      let isEgress = change.source < unitCount
      for name in names(isEgress ? change.source : change.destination) {
        outside[Outside(workload: name, isEgress: isEgress), default: []].append(
          ((isEgress ? change.destination : change.source) - unitCount, rows.set(change.before), rows.set(change.after))
        )
      }
    }
    var found: [ConnectivityDiff.Change] = []
    for (source, destinations) in pairs {
      for destination in destinations where source != destination {
        // Pods of one workload may be in several units: what the others may do counts as well.
        var before = ConnectionSet.none
        var after = ConnectionSet.none
        for a in units[source] ?? [] {
          for b in units[destination] ?? [] {
            let now = rows.set(rows.pair(a, b))
            after = after.union(now)
            before = before.union(was[a]?[b].map(rows.set) ?? now)
          }
        }
        found.append(.init(source: source, destination: destination, before: before, after: after))
      }
    }
    for (end, pieces) in outside {
      var merged: [(low: Int, high: Int, before: ConnectionSet, after: ConnectionSet)] = []
      for piece in pieces.sorted(by: { $0.range < $1.range }) {
        if let last = merged.last, last.high + 1 == piece.range, last.before == piece.before, last.after == piece.after,
          piece.range < cluster.ranges.count, cluster.ranges[piece.range].isV6 == cluster.ranges[last.low].isV6
        {
          merged[merged.count - 1].high = piece.range
        } else {
          merged.append((piece.range, piece.range, piece.before, piece.after))
        }
      }
      for piece in merged {
        let text: String
        if piece.low >= cluster.ranges.count {
          text = cluster.names[piece.low - cluster.ranges.count]
        } else {
          let low = cluster.ranges[piece.low]
          text = IPRange(isV6: low.isV6, low: low.low, high: cluster.ranges[piece.high].high).text
        }
        found.append(
          .init(
            source: end.isEgress ? end.workload : text, destination: end.isEgress ? text : end.workload,
            before: piece.before, after: piece.after))
      }
    }
    return found.filter { $0.gained.hasPorts || $0.lost.hasPorts }.sorted {
      ($0.source, $0.destination) < ($1.source, $1.destination)
    }
  }

  private struct Outside: Hashable {
    let workload: String
    let isEgress: Bool
  }
}
