import Bytes
import Findings

/// All connections of a model: for each pair of endpoints the ports that both sides allow.
package struct Connectivity: Sendable {
  /// Two ends and the ports between them; ICMP alone is no connection.
  package struct Connection: Sendable {
    package let source: ConnectionEnd
    package let destination: ConnectionEnd
    package let ports: ConnectionSet
  }

  /// What is one end inside the cluster.
  package enum Granularity: Sendable {
    case workloads
    case pods
  }

  package let connections: [Connection]

  /// Endpoints that are told as one, with what they are called.
  private struct Group {
    let name: Name
    /// What its pods are, as policies see them.
    var podClasses: [PodClassID]
  }

  /// An end with what it is called, which is made once.
  private struct Name {
    let end: ConnectionEnd
    let text: String

    init(_ end: ConnectionEnd) {
      self.end = end
      text = end.text
    }
  }

  /// - Parameters:
  ///   - onlyExternal: leaves out the pairs inside the cluster.
  ///   - keep: decides by the names of both ends; external ranges are called `ip:…`.
  package init(
    _ model: ReachModel, granularity: Granularity, onlyExternal: Bool = false,
    keep: (String, String) -> Bool = { _, _ in true }
  ) {
    let rows = ReachRows(model)
    let cluster = model.cluster
    let groups = Self.groups(cluster, granularity)
    var connections: [(source: String, destination: String, connection: Connection)] = []
    func add(_ source: Name, _ destination: Name, _ id: ConnectionSetTable.ID) {
      guard rows.hasPorts(id) else { return }
      connections.append(
        (
          source.text, destination.text,
          Connection(source: source.end, destination: destination.end, ports: rows.set(id))
        ))
    }
    var fromClasses = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: cluster.podClasses.count)
    for from in onlyExternal ? [] : groups {
      for source in from.podClasses {
        rows.visitPairs(from: source) { destination, id in
          fromClasses[destination.index] = rows.union(fromClasses[destination.index], id)
        }
      }
      for to in groups where from.name.text != to.name.text && keep(from.name.text, to.name.text) {
        var set = ConnectionSetTable.none
        for destination in to.podClasses { set = rows.union(set, fromClasses[destination.index]) }
        add(from.name, to.name, set)
      }
      for index in fromClasses.indices { fromClasses[index] = ConnectionSetTable.none }
    }
    for group in groups {
      for direction in [TrafficDirection.egress, .ingress] {
        func set(_ peer: PeerID) -> ConnectionSetTable.ID {
          var set = ConnectionSetTable.none
          for podClass in group.podClasses { set = rows.union(set, rows.side(podClass, direction, peer)) }
          return set
        }
        func addExternal(_ end: ConnectionEnd, _ id: ConnectionSetTable.ID) {
          guard id != ConnectionSetTable.none else { return }
          let other = Name(end)
          let (source, destination) = direction == .egress ? (group.name, other) : (other, group.name)
          if keep(source.text, destination.text) { add(source, destination, id) }
        }
        var merged: [(range: IPRange, id: ConnectionSetTable.ID)] = []
        for (position, range) in cluster.ranges.enumerated() {
          let id = set(cluster.peer(ofRange: position))
          if let last = merged.last, last.id == id, last.range.isV6 == range.isV6, last.range.high &+ 1 == range.low {
            merged[merged.count - 1].range = IPRange(isV6: range.isV6, low: last.range.low, high: range.high)
          } else {
            merged.append((range, id))
          }
        }
        for piece in merged { addExternal(.range(piece.range), piece.id) }
        if direction == .egress {
          for (position, name) in cluster.names.enumerated() {
            addExternal(.name(name), set(cluster.peer(ofName: position)))
          }
        }
      }
    }
    if !onlyExternal {
      for connection in Self.ingressConnections(model, granularity) {
        let source = connection.source.text
        let destination = connection.destination.text
        if connection.ports.hasPorts, keep(source, destination) {
          connections.append((source, destination, connection))
        }
      }
    }
    self.connections = connections.sorted { ($0.source, $0.destination) < ($1.source, $1.destination) }
      .map(\.connection)
  }

  /// In the order of their names.
  private static func groups(_ cluster: ReachCluster, _ granularity: Granularity) -> [Group] {
    var groups: [Group] = []
    var known: [ConnectionEnd: Int] = [:]
    for endpoint in cluster.endpoints {
      let end = granularity == .pods ? endpoint.pod : .workload(endpoint.workload)
      if let index = known[end] {
        if !groups[index].podClasses.contains(endpoint.podClass) { groups[index].podClasses.append(endpoint.podClass) }
      } else {
        known[end] = groups.count
        groups.append(Group(name: Name(end), podClasses: [endpoint.podClass]))
      }
    }
    return groups.sorted { $0.name.text < $1.name.text }
  }
}

extension Connectivity {
  /// What a controller of Ingresses, Routes and Gateways that the input does not show may connect to for them.
  private static func ingressConnections(_ model: ReachModel, _ granularity: Granularity) -> [Connection] {
    let cluster = model.cluster
    let services = ServiceIndex(cluster.snapshot, cluster)
    let routes = services.routes(cluster.snapshot)
    guard !routes.isEmpty, let controller = cluster.unseenIngressController, cluster.ingressControllers == [controller]
    else { return [] }
    var found: [ConnectionEnd: ConnectionSet] = [:]
    for route in routes {
      guard let service = services.find(route.namespace, route.service) else { continue }
      for id in service.endpoints {
        let endpoint = cluster[id]
        let open = services.ports(service, id, route.port)
          .intersection(model.ports(PeerID(endpoint.podClass), .ingress, PeerID(controller)))
        let end = granularity == .pods ? endpoint.pod : .workload(endpoint.workload)
        found[end] = (found[end] ?? .none).union(open)
      }
    }
    return found.map { Connection(source: .ingressController, destination: $0.key, ports: $0.value) }
  }
}
