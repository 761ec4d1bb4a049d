import Kube

/// Rows of the connection matrix: what each side allows, by unit at the other end.
///
/// Units that the same policies govern share a row. Most rows are the same for nearly all peers, so a row is one set for all of
/// them or a list of the peers that have one. For pairs the rows of ingress are turned around once: what a source gets
/// from each of them stands side by side.
final class ReachRows {
  private enum Row {
    case uniform(ConnectionSetTable.ID)
    /// Peers in ascending order that are allowed anything, and what.
    case sparse([Int32], [ConnectionSetTable.ID])
    case dense([ConnectionSetTable.ID])
  }

  private struct Key: Hashable {
    let policies: [[Int]]
    /// Own named ports, where a rule on ingress resolves by them; -1 elsewhere.
    let ports: Int32
    /// The unit itself, where a rule is for some pods of its policy only; -1 elsewhere.
    let unit: Int
  }

  /// A rule with its ports by number.
  private struct CompactRule {
    let action: PolicyProgram.Action
    let peers: Bitset
    let near: Bitset?
    let fixed: ConnectionSetTable.ID
    /// Index into the sets by signature of named ports; -1 for rules without a named port.
    let named: Int
  }

  private struct CompactPolicy {
    let rules: [CompactRule]
    let isolates: Bool
    let onlyAllows: Bool
    let hasNamed: Bool
    let hasNear: Bool
  }

  private(set) var model: ReachModel
  private let count: Int
  private let unitCount: Int
  private var table = ConnectionSetTable()
  /// By direction, stage and policy.
  private var policies: [[[CompactPolicy]]] = [[], []]
  private var named: [[ConnectionSetTable.ID]] = []
  private var namedPorts: [PolicyProgram.Ports] = []
  /// Which of the different lists of named ports a unit has.
  private var signature: [Int32] = []
  /// A unit of each list.
  private var unitOfSignature: [Int] = []
  private var rows: [[Row]] = [[], []]
  private var rowOf: [[Int32]] = [[], []]
  /// By source, one after the other: rows of ingress that let it in, and what they allow.
  /// Empty until pairs are asked for.
  private var entryStarts: [Int] = []
  private var entryRows: [Int32] = []
  private var entryIDs: [ConnectionSetTable.ID] = []
  /// By number of a set whether it has ports, as far as was asked.
  private var withPorts: [Bool] = []
  private var scratch: [ConnectionSetTable.ID] = []

  init(_ model: ReachModel) {
    self.model = model
    count = model.cluster.unitCount
    unitCount = model.cluster.units.count
    var known: [[ReachCluster.NamedPort]: Int32] = [:]
    for (index, unit) in model.cluster.units.enumerated() {
      if let id = known[unit.namedPorts] {
        signature.append(id)
      } else {
        known[unit.namedPorts] = Int32(unitOfSignature.count)
        signature.append(Int32(unitOfSignature.count))
        unitOfSignature.append(index)
      }
    }
    for direction in [PolicyProgram.Direction.ingress, .egress] {
      policies[direction.rawValue] = model.program.stages.map { stage in stage.policies.map { compact($0, direction) } }
    }
    for direction in [PolicyProgram.Direction.ingress, .egress] { makeRows(direction) }
  }

  func set(_ id: ConnectionSetTable.ID) -> ConnectionSet { table.sets[Int(id)] }

  func hasPorts(_ id: ConnectionSetTable.ID) -> Bool {
    let index = Int(id)
    while withPorts.count <= index { withPorts.append(table.sets[withPorts.count].hasPorts) }
    return withPorts[index]
  }

  func union(_ a: ConnectionSetTable.ID, _ b: ConnectionSetTable.ID) -> ConnectionSetTable.ID { table.union(a, b) }

  func intersection(_ a: ConnectionSetTable.ID, _ b: ConnectionSetTable.ID) -> ConnectionSetTable.ID {
    table.intersection(a, b)
  }

  /// What one side allows.
  func side(_ unit: Int, _ direction: PolicyProgram.Direction, _ peer: Int) -> ConnectionSetTable.ID {
    switch rows[direction.rawValue][Int(rowOf[direction.rawValue][unit])] {
    case .uniform(let id): return id
    case .dense(let ids): return ids[peer]
    case .sparse(let peers, let ids):
      var low = 0
      var high = peers.count
      while low < high {
        let middle = (low + high) / 2
        if peers[middle] < peer { low = middle + 1 } else { high = middle }
      }
      return low < peers.count && peers[low] == peer ? ids[low] : ConnectionSetTable.none
    }
  }

  /// Whether a side allows anything with an address or name outside.
  func reachesOutside(_ unit: Int, _ direction: PolicyProgram.Direction) -> Bool {
    switch rows[direction.rawValue][Int(rowOf[direction.rawValue][unit])] {
    case .uniform(let id): return id != ConnectionSetTable.none && count > unitCount
    case .dense(let ids): return ids[unitCount...].contains { $0 != ConnectionSetTable.none }
    case .sparse(let peers, _): return peers.last.map { $0 >= unitCount } ?? false
    }
  }

  /// Calls for each unit of pods that a unit can connect to, in ascending order.
  func visitPairs(from source: Int, _ body: (Int, ConnectionSetTable.ID) -> Void) {
    if entryStarts.isEmpty { turnAround() }
    let mine = entryStarts[source]..<entryStarts[source + 1]
    for entry in mine { scratch[Int(entryRows[entry])] = entryIDs[entry] }
    let ingressRow = rowOf[PolicyProgram.Direction.ingress.rawValue]
    func visit(_ destination: Int, _ out: ConnectionSetTable.ID) {
      let id = table.intersection(out, scratch[Int(ingressRow[destination])])
      if id != ConnectionSetTable.none { body(destination, id) }
    }
    switch rows[PolicyProgram.Direction.egress.rawValue][Int(rowOf[PolicyProgram.Direction.egress.rawValue][source])] {
    case .uniform(let id):
      if id != ConnectionSetTable.none { for destination in 0..<unitCount { visit(destination, id) } }
    case .dense(let ids):
      for destination in 0..<unitCount where ids[destination] != ConnectionSetTable.none {
        visit(destination, ids[destination])
      }
    case .sparse(let peers, let ids):
      for (index, peer) in peers.enumerated() {
        if peer >= unitCount { break }
        visit(Int(peer), ids[index])
      }
    }
    for entry in mine { scratch[Int(entryRows[entry])] = ConnectionSetTable.none }
  }

  /// What a pair of units may connect by.
  func pair(_ source: Int, _ destination: Int) -> ConnectionSetTable.ID {
    let out = side(source, .egress, destination)
    return out == ConnectionSetTable.none ? out : table.intersection(out, side(destination, .ingress, source))
  }

  // MARK: Changing one policy

  struct Change {
    let source: Int
    let destination: Int
    let before: ConnectionSetTable.ID
    let after: ConnectionSetTable.ID
  }

  /// Pairs of units, addresses included, whose connections a NetworkPolicy would change once it is applied, and applies it.
  ///
  /// - Returns: nil where everything has to be read again; see `ReachModel.replace(with:)`.
  func apply(_ policy: KubeObject) -> [Change]? {
    guard let (affected, stage, place) = model.replace(with: policy) else { return nil }
    for direction in [PolicyProgram.Direction.ingress, .egress] {
      let one = compact(model.program.stages[stage].policies[place], direction)
      if place < policies[direction.rawValue][stage].count {
        policies[direction.rawValue][stage][place] = one
      } else {
        policies[direction.rawValue][stage].append(one)
      }
    }
    struct Pair: Hashable {
      let source: Int
      let destination: Int
    }
    var before: [Pair: ConnectionSetTable.ID] = [:]
    var buffers = Buffers(count)
    var made: [(unit: Int, direction: PolicyProgram.Direction, row: Row)] = []
    for unit in affected {
      for direction in [PolicyProgram.Direction.ingress, .egress] {
        let row = make(unit, direction, model.signature(unit, direction), &buffers)
        let old = rows[direction.rawValue][Int(rowOf[direction.rawValue][unit])]
        for peer in differences(old, row) {
          let pair =
            direction == .egress ? Pair(source: unit, destination: peer) : Pair(source: peer, destination: unit)
          before[pair] = connections(pair.source, pair.destination)
        }
        made.append((unit, direction, row))
      }
    }
    for (unit, direction, row) in made {
      rowOf[direction.rawValue][unit] = Int32(rows[direction.rawValue].count)
      rows[direction.rawValue].append(row)
    }
    entryStarts = []
    return before.map { pair, was in
      Change(
        source: pair.source, destination: pair.destination, before: was,
        after: connections(pair.source, pair.destination))
    }.filter { $0.before != $0.after }.sorted { ($0.source, $0.destination) < ($1.source, $1.destination) }
  }

  /// As `pair`, where one end may be outside.
  private func connections(_ source: Int, _ destination: Int) -> ConnectionSetTable.ID {
    if destination >= unitCount { return side(source, .egress, destination) }
    if source >= unitCount { return side(destination, .ingress, source) }
    return pair(source, destination)
  }

  private func differences(_ a: Row, _ b: Row) -> [Int] {
    func dense(_ row: Row) -> [ConnectionSetTable.ID] {
      switch row {
      case .uniform(let id): return [ConnectionSetTable.ID](repeating: id, count: count)
      case .dense(let ids): return ids
      case .sparse(let peers, let ids):
        var result = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: count)
        for (position, peer) in peers.enumerated() { result[Int(peer)] = ids[position] }
        return result
      }
    }
    let x = dense(a)
    let y = dense(b)
    return (0..<count).filter { x[$0] != y[$0] }
  }

  // MARK: Making rows

  private func compact(_ policy: PolicyProgram.Policy, _ direction: PolicyProgram.Direction) -> CompactPolicy {
    let rules = (policy.rules[direction.rawValue] ?? []).map { rule -> CompactRule in
      var index = -1
      if !rule.ports.named.isEmpty {
        index = named.count
        named.append([ConnectionSetTable.ID](repeating: -1, count: unitOfSignature.count))
        namedPorts.append(rule.ports)
      }
      return CompactRule(
        action: rule.action, peers: rule.peers.units, near: rule.near, fixed: table.id(rule.ports.fixed), named: index)
    }
    return CompactPolicy(
      rules: rules, isolates: policy.isolates[direction.rawValue],
      onlyAllows: rules.allSatisfy { if case .allow = $0.action { true } else { false } },
      hasNamed: rules.contains { $0.named >= 0 }, hasNear: rules.contains { $0.near != nil })
  }

  private func resolved(_ rule: CompactRule, _ unit: Int) -> ConnectionSetTable.ID {
    guard unit < unitCount else { return rule.fixed }
    let signature = Int(signature[unit])
    let known = named[rule.named][signature]
    if known >= 0 { return known }
    let id = table.id(model.resolve(namedPorts[rule.named], unitOfSignature[signature]))
    named[rule.named][signature] = id
    return id
  }

  private func makeRows(_ direction: PolicyProgram.Direction) {
    var known: [Key: Int32] = [:]
    var made: [Row] = []
    var index: [Int32] = []
    index.reserveCapacity(unitCount)
    var buffers = Buffers(count)
    let mine = policies[direction.rawValue]
    for unit in 0..<unitCount {
      let lists = model.signature(unit, direction)
      var hasNamed = false
      var hasNear = false
      for (stage, list) in lists.enumerated() {
        for policy in list {
          hasNamed = hasNamed || mine[stage][policy].hasNamed
          hasNear = hasNear || mine[stage][policy].hasNear
        }
      }
      let key = Key(
        policies: lists, ports: direction == .ingress && hasNamed ? signature[unit] : -1, unit: hasNear ? unit : -1)
      if let row = known[key] {
        index.append(row)
        continue
      }
      known[key] = Int32(made.count)
      index.append(Int32(made.count))
      made.append(make(unit, direction, lists, &buffers))
    }
    rows[direction.rawValue] = made
    rowOf[direction.rawValue] = index
  }

  private struct Buffers {
    var undecided: [ConnectionSetTable.ID]
    var allowed: [ConnectionSetTable.ID]

    init(_ count: Int) {
      undecided = [ConnectionSetTable.ID](repeating: ConnectionSetTable.all, count: count)
      allowed = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: count)
    }
  }

  private func make(_ unit: Int, _ direction: PolicyProgram.Direction, _ lists: [[Int]], _ buffers: inout Buffers)
    -> Row
  {
    let stages = model.program.stages
    var result: [ConnectionSetTable.ID]?
    for layer in PolicyProgram.Layer.allCases {
      let positions = lists.indices.filter { stages[$0].layer == layer && !lists[$0].isEmpty }
      guard let first = positions.first else { continue }
      let mine = lists[first].map { policies[direction.rawValue][first][$0] }
      if positions.count == 1, mine.contains(where: \.isolates), mine.allSatisfy(\.onlyAllows) {
        unite(mine, unit, direction, &buffers.allowed)
      } else {
        evaluate(positions, lists, unit, direction, &buffers)
      }
      if var known = result {
        for peer in 0..<count { known[peer] = table.intersection(known[peer], buffers.allowed[peer]) }
        result = known
      } else if layer == PolicyProgram.Layer.allCases.last || !hasMore(layer, lists) {
        return pack(&buffers.allowed)
      } else {
        result = buffers.allowed
      }
      for peer in 0..<count { buffers.allowed[peer] = ConnectionSetTable.none }
    }
    guard var result else { return .uniform(ConnectionSetTable.all) }
    return pack(&result)
  }

  private func hasMore(_ layer: PolicyProgram.Layer, _ lists: [[Int]]) -> Bool {
    lists.indices.contains { model.program.stages[$0].layer.rawValue > layer.rawValue && !lists[$0].isEmpty }
  }

  /// Of policies that only allow, and isolate: the union of what they allow.
  private func unite(
    _ policies: [CompactPolicy], _ unit: Int, _ direction: PolicyProgram.Direction,
    _ allowed: inout [ConnectionSetTable.ID]
  ) {
    for policy in policies {
      for rule in policy.rules where rule.near?[unit] ?? true {
        if rule.named < 0 {
          let ports = rule.fixed
          rule.peers.visit { peer in
            let known = allowed[peer]
            if known == ports { return }
            allowed[peer] = known == ConnectionSetTable.none ? ports : table.union(known, ports)
          }
        } else {
          let own = direction == .ingress ? resolved(rule, unit) : ConnectionSetTable.none
          rule.peers.visit { peer in
            let ports = direction == .ingress ? own : resolved(rule, peer)
            allowed[peer] = table.union(allowed[peer], ports)
          }
        }
      }
    }
  }

  private func evaluate(
    _ positions: [Int], _ lists: [[Int]], _ unit: Int, _ direction: PolicyProgram.Direction, _ buffers: inout Buffers
  ) {
    for peer in 0..<count { buffers.undecided[peer] = ConnectionSetTable.all }
    for position in positions {
      var passed: [Int: ConnectionSetTable.ID] = [:]
      var isolates = false
      for index in lists[position] {
        let policy = policies[direction.rawValue][position][index]
        isolates = isolates || policy.isolates
        for rule in policy.rules where rule.near?[unit] ?? true {
          rule.peers.visit { peer in
            let open = buffers.undecided[peer]
            if open == ConnectionSetTable.none { return }
            let ports = rule.named < 0 ? rule.fixed : resolved(rule, direction == .ingress ? unit : peer)
            let matched = table.intersection(open, ports)
            if matched == ConnectionSetTable.none { return }
            buffers.undecided[peer] = table.subtract(open, matched)
            switch rule.action {
            case .allow: buffers.allowed[peer] = table.union(buffers.allowed[peer], matched)
            case .deny: break
            case .pass: passed[peer] = table.union(passed[peer] ?? ConnectionSetTable.none, matched)
            }
          }
        }
      }
      if isolates { for peer in 0..<count { buffers.undecided[peer] = ConnectionSetTable.none } }
      for (peer, set) in passed { buffers.undecided[peer] = table.union(buffers.undecided[peer], set) }
    }
    for peer in 0..<count { buffers.allowed[peer] = table.union(buffers.allowed[peer], buffers.undecided[peer]) }
  }

  /// Takes the row out of a buffer and clears it.
  private func pack(_ buffer: inout [ConnectionSetTable.ID]) -> Row {
    var filled = 0
    var isUniform = true
    let first = buffer.first ?? ConnectionSetTable.none
    for id in buffer {
      if id != ConnectionSetTable.none { filled += 1 }
      isUniform = isUniform && id == first
    }
    let row: Row
    if isUniform {
      row = .uniform(first)
    } else if filled * 3 < count {
      var peers: [Int32] = []
      var ids: [ConnectionSetTable.ID] = []
      peers.reserveCapacity(filled)
      ids.reserveCapacity(filled)
      for (peer, id) in buffer.enumerated() where id != ConnectionSetTable.none {
        peers.append(Int32(peer))
        ids.append(id)
      }
      row = .sparse(peers, ids)
    } else {
      row = .dense(buffer)
    }
    for index in buffer.indices { buffer[index] = ConnectionSetTable.none }
    return row
  }

  private func turnAround() {
    let ingress = PolicyProgram.Direction.ingress.rawValue
    scratch = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: rows[ingress].count)
    func visit(_ row: Row, _ body: (Int, ConnectionSetTable.ID) -> Void) {
      switch row {
      case .uniform: break
      case .dense(let ids):
        for source in 0..<unitCount where ids[source] != ConnectionSetTable.none { body(source, ids[source]) }
      case .sparse(let peers, let ids):
        for (position, source) in peers.enumerated() {
          if source >= unitCount { break }
          body(Int(source), ids[position])
        }
      }
    }
    var starts = [Int](repeating: 0, count: unitCount + 1)
    for row in rows[ingress] { visit(row) { source, _ in starts[source + 1] += 1 } }
    for source in 0..<unitCount { starts[source + 1] += starts[source] }
    let total = starts[unitCount]
    var next = starts
    var ids = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: total)
    entryRows = [Int32](unsafeUninitializedCapacity: total) { buffer, initialized in
      buffer.initialize(repeating: 0)
      initialized = total
      for (index, row) in rows[ingress].enumerated() {
        // The same for every source: it stands in the scratch for good.
        if case .uniform(let id) = row { scratch[index] = id }
        visit(row) { source, id in
          buffer[next[source]] = Int32(index)
          ids[next[source]] = id
          next[source] += 1
        }
      }
    }
    entryIDs = ids
    entryStarts = starts
  }
}
