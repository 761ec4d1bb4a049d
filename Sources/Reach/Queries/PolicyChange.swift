import Bytes
import Findings
package import Kube

/// What single policies would change in a cluster that was read once: milliseconds for each.
package final class PolicyChange {
  private let rows: ReachRows
  private let podClasses: [Subject: Set<PodClassID>]

  package init(_ model: ReachModel) {
    rows = ReachRows(model)
    podClasses = Dictionary(grouping: model.cluster.endpoints, by: \.workload).mapValues { Set($0.map(\.podClass)) }
  }

  /// Applies a NetworkPolicy, and tells the connections that it gains and loses.
  ///
  /// - Returns: nil where the cluster has to be read again with the policy in it: it is refused, or of another dialect than
  ///   all others, or tells pods or addresses apart that no other policy tells apart.
  package func apply(_ policy: KubeObject) -> [ConnectivityDiff.Change]? {
    guard let changes = rows.apply(policy) else { return nil }
    let cluster = rows.model.cluster
    var was: [PodClassID: [PodClassID: ConnectionSetTable.ID]] = [:]
    func workloads(_ podClass: PodClassID) -> Set<Subject> {
      Set(cluster[podClass].endpoints.map { cluster[$0].workload })
    }
    var pairs: [Subject: Set<Subject>] = [:]
    var outside: [Outside: [Piece]] = [:]
    for change in changes {
      let source = cluster.podClass(change.source)
      let destination = cluster.podClass(change.destination)
      if let source, let destination {
        was[source, default: [:]][destination] = change.before
        for workload in workloads(source) { pairs[workload, default: []].formUnion(workloads(destination)) }
      } else if let source {
        let piece = Piece(peer: change.destination, before: rows.set(change.before), after: rows.set(change.after))
        for workload in workloads(source) {
          outside[Outside(workload: workload, direction: .egress), default: []].append(piece)
        }
      } else if let destination {
        let piece = Piece(peer: change.source, before: rows.set(change.before), after: rows.set(change.after))
        for workload in workloads(destination) {
          outside[Outside(workload: workload, direction: .ingress), default: []].append(piece)
        }
      }
    }
    var found: [ConnectivityDiff.Change] = []
    for (source, destinations) in pairs {
      for destination in destinations where source != destination {
        // Pods of one workload may be in several classes: what the others may do counts as well.
        var before = ConnectionSet.none
        var after = ConnectionSet.none
        for a in podClasses[source] ?? [] {
          for b in podClasses[destination] ?? [] {
            let now = rows.set(rows.pair(a, b))
            after = after.union(now)
            before = before.union(was[a]?[b].map(rows.set) ?? now)
          }
        }
        found.append(
          .init(source: .workload(source), destination: .workload(destination), before: before, after: after))
      }
    }
    for (key, pieces) in outside {
      for (end, before, after) in Self.merged(pieces, cluster) {
        let workload = ConnectionEnd.workload(key.workload)
        found.append(
          .init(
            source: key.direction == .egress ? workload : end, destination: key.direction == .egress ? end : workload,
            before: before, after: after))
      }
    }
    return ConnectivityDiff.sorted(found.filter { $0.gained.hasPorts || $0.lost.hasPorts })
  }

  private struct Outside: Hashable {
    let workload: Subject
    let direction: TrafficDirection
  }

  private struct Piece {
    let peer: PeerID
    let before: ConnectionSet
    let after: ConnectionSet
  }

  /// Ranges beside each other with the same change told as one.
  private static func merged(_ pieces: [Piece], _ cluster: ReachCluster) -> [(
    end: ConnectionEnd, before: ConnectionSet, after: ConnectionSet
  )] {
    var ranges: [(range: IPRange, before: ConnectionSet, after: ConnectionSet)] = []
    var result: [(end: ConnectionEnd, before: ConnectionSet, after: ConnectionSet)] = []
    for piece in pieces.sorted(by: { $0.peer < $1.peer }) {
      switch cluster.external(piece.peer) {
      case .range(let range):
        if let last = ranges.last, last.range.isV6 == range.isV6, last.range.high &+ 1 == range.low,
          last.before == piece.before, last.after == piece.after
        {
          ranges[ranges.count - 1].range = IPRange(isV6: range.isV6, low: last.range.low, high: range.high)
        } else {
          ranges.append((range, piece.before, piece.after))
        }
      case .some(let end): result.append((end, piece.before, piece.after))
      case nil: break
      }
    }
    return result + ranges.map { (.range($0.range), $0.before, $0.after) }
  }
}
