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
    var rows = ReachRows(model)
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
    for from in onlyExternal ? [] : groups {
      for to in groups where from.name != to.name && keep(from.name, to.name) {
        var set = ConnectionSetTable.none
        for source in from.units {
          for destination in to.units { set = rows.union(set, rows.pair(source, destination)) }
        }
        if set != ConnectionSetTable.none {
          connections.append(.init(source: from.name, destination: to.name, ports: rows.set(set), external: nil))
        }
      }
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
    var rows = ReachRows(model)
    let cluster = model.cluster
    var pairs = 0
    var entered = 0
    var leaving = 0
    var sets = Set<ConnectionSetTable.ID>()
    let sizes = cluster.units.map(\.endpoints.count)
    for source in cluster.units.indices {
      for destination in cluster.units.indices {
        let id = rows.pair(source, destination)
        if id == ConnectionSetTable.none { continue }
        sets.insert(id)
        pairs += sizes[source] * (source == destination ? sizes[source] - 1 : sizes[destination])
      }
      let outside = cluster.units.count..<cluster.unitCount
      if outside.contains(where: { rows.side(source, .ingress, $0) != ConnectionSetTable.none }) {
        entered += sizes[source]
      }
      if outside.contains(where: { rows.side(source, .egress, $0) != ConnectionSetTable.none }) {
        leaving += sizes[source]
      }
    }
    pods = cluster.endpoints.count
    units = cluster.units.count { !$0.endpoints.isEmpty }
    self.pairs = pairs
    portSets = sets.count
    self.entered = entered
    self.leaving = leaving
  }
}

/// Rows of the connection matrix, made when asked for and shared by units that the same policies govern.
struct ReachRows {
  private struct Key: Hashable {
    let direction: Int
    let policies: [[Int]]
    /// Own named ports, where a rule on ingress resolves by them.
    let ports: [ReachCluster.NamedPort]
    /// The unit itself, where a rule is for some pods of its policy only; -1 elsewhere.
    let unit: Int
  }

  private let model: ReachModel
  private var table = ConnectionSetTable()
  private var rows: [Key: Int] = [:]
  private var data: [[ConnectionSetTable.ID]] = []
  /// Row of a unit by direction; -1 before it is known.
  private var rowOf: [[Int]]
  private var named: [String: ConnectionSetTable.ID] = [:]

  init(_ model: ReachModel) {
    self.model = model
    rowOf = [[Int]](repeating: [Int](repeating: -1, count: model.cluster.units.count), count: 2)
  }

  func set(_ id: ConnectionSetTable.ID) -> ConnectionSet { table.sets[Int(id)] }

  mutating func union(_ a: ConnectionSetTable.ID, _ b: ConnectionSetTable.ID) -> ConnectionSetTable.ID {
    table.union(a, b)
  }

  /// What both sides allow from one unit of pods to another.
  mutating func pair(_ source: Int, _ destination: Int) -> ConnectionSetTable.ID {
    let out = side(source, .egress, destination)
    if out == ConnectionSetTable.none { return out }
    return table.intersection(out, side(destination, .ingress, source))
  }

  mutating func side(_ unit: Int, _ direction: PolicyProgram.Direction, _ peer: Int) -> ConnectionSetTable.ID {
    var row = rowOf[direction.rawValue][unit]
    if row < 0 {
      row = make(unit, direction)
      rowOf[direction.rawValue][unit] = row
    }
    return data[row][peer]
  }

  private mutating func make(_ unit: Int, _ direction: PolicyProgram.Direction) -> Int {
    let policies = model.signature(unit, direction)
    let key = Key(
      direction: direction.rawValue, policies: policies,
      ports: direction == .ingress ? model.cluster.units[unit].namedPorts : [],
      unit: model.hasNearRules(policies, direction) ? unit : -1)
    if let known = rows[key] { return known }
    let count = model.cluster.unitCount
    var result: [ConnectionSetTable.ID] = []
    for layer in PolicyProgram.Layer.allCases {
      guard let row = make(unit, direction, layer, policies, count) else { continue }
      if result.isEmpty {
        result = row
      } else {
        for peer in 0..<count { result[peer] = table.intersection(result[peer], row[peer]) }
      }
    }
    if result.isEmpty { result = [ConnectionSetTable.ID](repeating: ConnectionSetTable.all, count: count) }
    data.append(result)
    rows[key] = data.count - 1
    return data.count - 1
  }

  /// What a layer allows; nil when it has nothing to say.
  private mutating func make(
    _ unit: Int, _ direction: PolicyProgram.Direction, _ layer: PolicyProgram.Layer, _ policies: [[Int]], _ count: Int
  ) -> [ConnectionSetTable.ID]? {
    let stages = model.program.stages
    guard policies.indices.contains(where: { stages[$0].layer == layer && !policies[$0].isEmpty }) else { return nil }
    var undecided = [ConnectionSetTable.ID](repeating: ConnectionSetTable.all, count: count)
    var allowed = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: count)
    for (position, indexes) in policies.enumerated() where !indexes.isEmpty && stages[position].layer == layer {
      let stage = stages[position]
      var passed: [Int: ConnectionSetTable.ID] = [:]
      var isolates = false
      for index in indexes {
        let policy = stage.policies[index]
        isolates = isolates || policy.isolates[direction.rawValue]
        for rule in policy.rules[direction.rawValue] ?? [] where rule.near?[unit] ?? true {
          let fixed = table.id(rule.ports.fixed)
          rule.peers.units.visit { peer in
            let open = undecided[peer]
            if open == ConnectionSetTable.none { return }
            let ports = rule.ports.named.isEmpty ? fixed : resolved(rule.ports, direction == .ingress ? unit : peer)
            let matched = table.intersection(open, ports)
            if matched == ConnectionSetTable.none { return }
            undecided[peer] = table.subtract(open, matched)
            switch rule.action {
            case .allow: allowed[peer] = table.union(allowed[peer], matched)
            case .deny: break
            case .pass: passed[peer] = table.union(passed[peer] ?? ConnectionSetTable.none, matched)
            }
          }
        }
      }
      if isolates { for peer in 0..<count { undecided[peer] = ConnectionSetTable.none } }
      for (peer, set) in passed { undecided[peer] = table.union(undecided[peer], set) }
    }
    for peer in 0..<count { allowed[peer] = table.union(allowed[peer], undecided[peer]) }
    return allowed
  }

  private mutating func resolved(_ ports: PolicyProgram.Ports, _ destination: Int) -> ConnectionSetTable.ID {
    guard destination < model.cluster.units.count else { return table.id(ports.fixed) }
    return table.id(model.resolve(ports, destination))
  }
}
