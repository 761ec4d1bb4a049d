import Bytes
import Findings

/// All connections of a model, one after the other in the order of the names of their ends.
///
/// A cluster of ten thousand pods has millions of them: ends and sets of ports are told by number, so that whoever writes
/// them makes their text once.
package final class ConnectivityStream {
  /// Which connections are told, and between what.
  package struct Options: Sendable {
    package var granularity = Connectivity.Granularity.workloads
    /// Leaves out the pairs inside the cluster.
    package var onlyExternal = false
    /// By the name of an end whether connections from and to it are told.
    package var isSource: @Sendable (String) -> Bool = { _ in true }
    package var isDestination: @Sendable (String) -> Bool = { _ in true }

    package init() {}
  }

  /// The number of a set of ports.
  package typealias Ports = Int32

  /// In the order of their names.
  package let ends: [ConnectionEnd]
  package let names: [String]
  private let rows: ReachRows
  private let options: Options
  private let groups: [Group]
  /// By end its group; nil outside the cluster.
  private let groupOfEnd: [Int?]
  /// By group: what it connects to outside, by end in ascending order.
  private let outgoing: [[Outside]]
  /// By end outside: what it connects to, by group in ascending order.
  private let incoming: [Int: [Inside]]
  private let isDestination: [Bool]

  /// Endpoints that are told as one.
  private struct Group {
    let end: ConnectionEnd
    let name: String
    /// What its pods are, as policies see them.
    var podClasses: [PodClassID]
    var number = 0
  }

  private struct Outside {
    let end: Int
    let id: ConnectionSetTable.ID
  }

  private struct Inside {
    let group: Int
    let id: ConnectionSetTable.ID
  }

  package init(_ model: ReachModel, _ options: Options = Options()) {
    let rows = ReachRows(model)
    self.rows = rows
    self.options = options
    let cluster = model.cluster
    var groups = Self.groups(cluster, options.granularity)
    // What classes of one row say to the outside is looked up once.
    struct RowKey: Hashable {
      let row: Int32
      let podClasses: [PodClassID]
    }
    var known = PerDirection<[RowKey: Int]>(both: [:])
    var pieces: [[(end: ConnectionEnd, id: ConnectionSetTable.ID)]] = []
    var piecesOf = PerDirection<[Int]>(both: [])
    for group in groups {
      for direction in TrafficDirection.allCases {
        let isSingle = group.podClasses.count == 1
        let key = RowKey(
          row: isSingle ? rows.rowNumber(group.podClasses[0], direction) : -1,
          podClasses: isSingle ? [] : group.podClasses)
        if let index = known[direction][key] {
          piecesOf[direction].append(index)
          continue
        }
        known[direction][key] = pieces.count
        piecesOf[direction].append(pieces.count)
        pieces.append(
          rows.outside(group.podClasses, direction).filter { rows.hasPorts($0.id) }.flatMap { run in
            cluster.ends(run.peers).compactMap { end in
              // Nobody is asked by a name: what comes from outside comes from addresses.
              if direction == .ingress, case .name = end { return nil }
              return (end, run.id)
            }
          })
      }
    }
    var others = Set<ConnectionEnd>()
    for list in pieces { others.formUnion(list.map(\.end)) }
    let routed = options.onlyExternal ? [:] : Self.routed(model, options.granularity)
    if !routed.isEmpty { others.insert(.ingressController) }
    let sorted = (groups.map { (end: $0.end, name: $0.name) } + others.map { (end: $0, name: $0.text) })
      .sorted { $0.name < $1.name }
    ends = sorted.map(\.end)
    names = sorted.map(\.name)
    let numbers = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.end, $0) })
    for index in groups.indices { groups[index].number = numbers[groups[index].end] ?? 0 }
    self.groups = groups
    var groupOfEnd = [Int?](repeating: nil, count: sorted.count)
    for (index, group) in groups.enumerated() { groupOfEnd[group.number] = index }
    self.groupOfEnd = groupOfEnd
    let numbered = pieces.map { list in
      list.compactMap { piece in numbers[piece.end].map { Outside(end: $0, id: piece.id) } }.sorted { $0.end < $1.end }
    }
    outgoing = piecesOf.egress.map { numbered[$0] }
    var incoming: [Int: [Inside]] = [:]
    for (index, list) in piecesOf.ingress.enumerated() {
      for piece in numbered[list] { incoming[piece.end, default: []].append(Inside(group: index, id: piece.id)) }
    }
    if let controller = numbers[.ingressController] {
      for (index, group) in groups.enumerated() {
        guard let set = routed[group.end], set.hasPorts else { continue }
        incoming[controller, default: []].append(Inside(group: index, id: rows.id(set)))
      }
    }
    self.incoming = incoming
    isDestination = names.map(options.isDestination)
  }

  package func ports(_ number: Ports) -> ConnectionSet { rows.set(number) }

  /// Calls with the numbers of the ends and of the ports between them.
  package func visit(_ body: (_ source: Int, _ destination: Int, _ ports: Ports) -> Void) {
    var grouped = GroupedRows(rows, podClasses: groups.map(\.podClasses))
    let numbers = groups.map(\.number)
    for source in ends.indices where options.isSource(names[source]) {
      guard let own = groupOfEnd[source] else {
        for item in incoming[source] ?? [] where isDestination[numbers[item.group]] {
          body(source, numbers[item.group], item.id)
        }
        continue
      }
      var outside = outgoing[own][...]
      func tellOutside(before end: Int) {
        while let first = outside.first, first.end < end {
          outside.removeFirst()
          if isDestination[first.end] { body(source, first.end, first.id) }
        }
      }
      if !options.onlyExternal {
        grouped.turn(to: own)
        for destination in groups.indices {
          let id = grouped.connections(to: destination)
          guard id != ConnectionSetTable.none, isDestination[numbers[destination]], isPair(own, destination),
            rows.hasPorts(id)
          else { continue }
          tellOutside(before: numbers[destination])
          body(source, numbers[destination], id)
        }
      }
      tellOutside(before: .max)
    }
  }

  /// What the pods of one workload say to each other is not told; what those of one class do is, where there are several.
  private func isPair(_ source: Int, _ destination: Int) -> Bool {
    if source != destination { return groups[source].name != groups[destination].name }
    guard case .podClass(let id) = groups[source].end else { return false }
    return rows.model.cluster[id].endpoints.count > 1
  }

  /// In the order of their names.
  private static func groups(_ cluster: ReachCluster, _ granularity: Connectivity.Granularity) -> [Group] {
    var groups: [Group] = []
    var known: [ConnectionEnd: Int] = [:]
    for endpoint in cluster.endpoints {
      let end = granularity.end(endpoint)
      if let index = known[end] {
        if !groups[index].podClasses.contains(endpoint.podClass) { groups[index].podClasses.append(endpoint.podClass) }
      } else {
        known[end] = groups.count
        groups.append(Group(end: end, name: end.text, podClasses: [endpoint.podClass]))
      }
    }
    return groups.sorted { $0.name < $1.name }
  }

  /// What a controller of Ingresses, Routes and Gateways that the input does not show may connect to for them.
  static func routed(_ model: ReachModel, _ granularity: Connectivity.Granularity) -> [ConnectionEnd: ConnectionSet] {
    let cluster = model.cluster
    let routes = RouteSources.routes(cluster.snapshot, cluster.services).filter { $0.obstacle == nil }
    guard !routes.isEmpty, let controller = cluster.unseen(.unseenIngressController) else { return [:] }
    var found: [ConnectionEnd: ConnectionSet] = [:]
    for route in routes where cluster.pods(of: route.source) == [controller] {
      guard let service = cluster.services.find(route.namespace, route.service) else { continue }
      for id in service.endpoints {
        let endpoint = cluster[id]
        let open = cluster.services.ports(service, id, route.port)
          .intersection(model.ports(PeerID(endpoint.podClass), .ingress, PeerID(controller)))
        let end = granularity.end(endpoint)
        found[end] = (found[end] ?? .none).union(open)
      }
    }
    return found
  }
}

extension Connectivity.Granularity {
  func end(_ endpoint: Endpoint) -> ConnectionEnd {
    switch self {
    case .workloads: .workload(endpoint.workload)
    case .pods: endpoint.pod
    case .classes: .podClass(endpoint.podClass)
    }
  }
}
