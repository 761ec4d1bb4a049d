package import Bytes
import Findings

/// All connections of a model: for each pair of endpoints the ports that both sides allow.
package struct Connectivity: Sendable {
  package struct Connection: Sendable {
    package let source: String
    package let destination: String
    package let ports: ConnectionSet
    /// Which end is a range of addresses outside the cluster; nil between workloads.
    package let external: End?
    /// That range; nil between workloads, and for a DNS name.
    package var range: IPRange?
  }

  package enum End: Sendable {
    case source
    case destination
  }

  package enum Granularity: Sendable {
    case workloads
    case pods
  }

  package let connections: [Connection]

  /// - Parameters:
  ///   - onlyExternal: leaves out the pairs inside the cluster.
  ///   - keep: decides by the names of both ends; external ranges are called `ip:…`.
  package init(
    _ model: ReachModel, granularity: Granularity, onlyExternal: Bool = false,
    keep: (String, String) -> Bool = { _, _ in true }
  ) {
    let rows = ReachRows(model)
    let cluster = model.cluster
    var groups: [(name: String, units: [Int], members: Int)] = []
    var index: [String: Int] = [:]
    for endpoint in cluster.endpoints {
      let name = granularity == .pods ? endpoint.podText : endpoint.workloadText
      if let known = index[name] {
        if !groups[known].units.contains(endpoint.unit) { groups[known].units.append(endpoint.unit) }
        groups[known].members += 1
      } else {
        index[name] = groups.count
        groups.append((name, [endpoint.unit], 1))
      }
    }
    groups.sort { $0.name < $1.name }
    var connections: [Connection] = []
    var fromUnits = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: cluster.units.count)
    for from in onlyExternal ? [] : groups {
      for source in from.units {
        rows.visitPairs(from: source) { destination, id in
          fromUnits[destination] = rows.union(fromUnits[destination], id)
        }
      }
      for to in groups where from.name != to.name && keep(from.name, to.name) {
        var set = ConnectionSetTable.none
        for destination in to.units { set = rows.union(set, fromUnits[destination]) }
        if set != ConnectionSetTable.none {
          connections.append(.init(source: from.name, destination: to.name, ports: rows.set(set), external: nil))
        }
      }
      for index in fromUnits.indices { fromUnits[index] = ConnectionSetTable.none }
    }
    for group in groups {
      for direction in [PolicyProgram.Direction.egress, .ingress] {
        var merged: [(range: IPRange, id: ConnectionSetTable.ID)] = []
        for (position, range) in cluster.ranges.enumerated() {
          var set = ConnectionSetTable.none
          for unit in group.units { set = rows.union(set, rows.side(unit, direction, cluster.units.count + position)) }
          if let last = merged.last, last.id == set, last.range.isV6 == range.isV6, last.range.high &+ 1 == range.low {
            merged[merged.count - 1].range = IPRange(isV6: range.isV6, low: last.range.low, high: range.high)
          } else {
            merged.append((range, set))
          }
        }
        if direction == .egress {
          for (position, name) in cluster.names.enumerated() where keep(group.name, name) {
            var set = ConnectionSetTable.none
            for unit in group.units { set = rows.union(set, rows.side(unit, .egress, cluster.firstName + position)) }
            if set == ConnectionSetTable.none { continue }
            connections.append(
              .init(source: group.name, destination: name, ports: rows.set(set), external: .destination))
          }
        }
        for piece in merged where piece.id != ConnectionSetTable.none {
          let name = piece.range.text
          let pair = direction == .egress ? (group.name, name) : (name, group.name)
          if keep(pair.0, pair.1) {
            connections.append(
              .init(
                source: pair.0, destination: pair.1, ports: rows.set(piece.id),
                external: direction == .egress ? .destination : .source, range: piece.range))
          }
        }
      }
    }
    if !onlyExternal {
      connections += Self.ingressConnections(model, granularity).filter { keep($0.source, $0.destination) }
    }
    self.connections = connections.filter { $0.ports.hasPorts }.sorted {
      ($0.source, $0.destination) < ($1.source, $1.destination)
    }
  }
}

extension Connectivity {
  /// What a controller of Ingresses, Routes and Gateways that the input does not show may connect to for them.
  private static func ingressConnections(_ model: ReachModel, _ granularity: Granularity) -> [Connection] {
    let cluster = model.cluster
    let services = ServiceIndex(cluster.snapshot, cluster)
    let routes = services.routes(cluster.snapshot)
    guard !routes.isEmpty, let controller = cluster.extras.first?.unit,
      cluster.ingressControllerUnits == [controller]
    else { return [] }
    var found: [String: ConnectionSet] = [:]
    var ignored: [ReachModel.Remark] = []
    for route in routes {
      guard let service = services.find(route.namespace, route.service) else { continue }
      for index in service.endpoints {
        let endpoint = cluster.endpoints[index]
        let open = services.ports(service, index, route.port)
          .intersection(model.ports(endpoint.unit, .ingress, controller, &ignored))
        let name = granularity == .pods ? endpoint.podText : endpoint.workloadText
        found[name] = (found[name] ?? .none).union(open)
      }
    }
    return found.map {
      Connection(source: ReachCluster.ingressControllerName, destination: $0.key, ports: $0.value, external: nil)
    }
  }
}
