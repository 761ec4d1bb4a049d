import Kube

/// Rows of the connection matrix: what each side allows, by peer at the other end.
///
/// Classes that the same policies govern share a row. Most rows are the same for nearly all peers, so a row is one set for all of
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
    let policies: GoverningPolicies.Signature
    /// Own named ports, where a rule on ingress resolves by them; -1 elsewhere.
    let ports: Int32
    /// The class itself, where a rule is for some pods of its policy only; nil elsewhere.
    let podClass: PodClassID?
    /// Whether what passes to some peers does so in a tunnel.
    let isTunnelled: Bool
  }

  /// A rule with its ports by number.
  private struct CompactRule {
    let action: PolicyProgram.Action
    let peers: PeerSet
    let near: PeerSet?
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
  /// Whose answers count; the others are not asked.
  private let layers: [PolicyProgram.Layer]
  /// How many peers there are, and how many of them are classes of pods: the first.
  private let count: Int
  private let podClassCount: Int
  private var table = ConnectionSetTable()
  /// By stage and policy.
  private var policies = PerDirection<[[CompactPolicy]]>(both: [])
  private var named: [[ConnectionSetTable.ID]] = []
  private var namedPorts: [PolicyProgram.Ports] = []
  /// Which of the different lists of named ports a class has.
  private var signature: [Int32] = []
  /// A class with each list.
  private var classOfSignature: [PodClassID] = []
  private var rows = PerDirection<[Row]>(both: [])
  /// By class of pods.
  private var rowOf = PerDirection<[Int32]>(both: [])
  /// By source, one after the other: rows of ingress that let it in, and what they allow.
  /// Empty until pairs are asked for.
  private var entryStarts: [Int] = []
  private var entryRows: [Int32] = []
  private var entryIDs: [ConnectionSetTable.ID] = []
  /// By number of a set whether it has ports, as far as was asked.
  private var withPorts: [Bool] = []
  private var scratch: [ConnectionSetTable.ID] = []

  init(_ model: ReachModel, layers: [PolicyProgram.Layer] = PolicyProgram.Layer.allCases) {
    self.model = model
    self.layers = layers
    count = model.cluster.peerCount
    podClassCount = model.cluster.podClasses.count
    var known: [[NamedPort]: Int32] = [:]
    for id in model.cluster.podClassIDs {
      let ports = model.cluster[id].namedPorts
      if let number = known[ports] {
        signature.append(number)
      } else {
        known[ports] = Int32(classOfSignature.count)
        signature.append(Int32(classOfSignature.count))
        classOfSignature.append(id)
      }
    }
    for direction in TrafficDirection.allCases {
      policies[direction] = model.program.stages.map { stage in stage.policies.map { compact($0, direction) } }
    }
    for direction in TrafficDirection.allCases { makeRows(direction) }
  }

  func set(_ id: ConnectionSetTable.ID) -> ConnectionSet { table.sets[Int(id)] }

  func id(_ set: ConnectionSet) -> ConnectionSetTable.ID { table.id(set) }

  func hasPorts(_ id: ConnectionSetTable.ID) -> Bool {
    let index = Int(id)
    while withPorts.count <= index { withPorts.append(table.sets[withPorts.count].hasPorts) }
    return withPorts[index]
  }

  func union(_ a: ConnectionSetTable.ID, _ b: ConnectionSetTable.ID) -> ConnectionSetTable.ID { table.union(a, b) }

  func subtract(_ a: ConnectionSetTable.ID, _ b: ConnectionSetTable.ID) -> ConnectionSetTable.ID {
    table.subtract(a, b)
  }

  func intersection(_ a: ConnectionSetTable.ID, _ b: ConnectionSetTable.ID) -> ConnectionSetTable.ID {
    table.intersection(a, b)
  }

  /// What one side allows.
  func side(_ podClass: PodClassID, _ direction: TrafficDirection, _ peer: PeerID) -> ConnectionSetTable.ID {
    switch row(podClass, direction) {
    case .uniform(let id): return id
    case .dense(let ids): return ids[peer.index]
    case .sparse(let peers, let ids):
      var low = 0
      var high = peers.count
      while low < high {
        let middle = (low + high) / 2
        if peers[middle] < peer.index { low = middle + 1 } else { high = middle }
      }
      return low < peers.count && peers[low] == peer.index ? ids[low] : ConnectionSetTable.none
    }
  }

  private func row(_ podClass: PodClassID, _ direction: TrafficDirection) -> Row {
    rows[direction][Int(rowOf[direction][podClass.index])]
  }

  /// Of several classes, in ascending order, those that a side allows any port.
  func admitted(
    by podClass: PodClassID, _ direction: TrafficDirection, among classes: [PodClassID]
  ) -> [PodClassID] {
    switch row(podClass, direction) {
    case .uniform(let id): return hasPorts(id) ? classes : []
    case .dense(let ids): return classes.filter { hasPorts(ids[$0.index]) }
    case .sparse(let peers, let ids):
      // Both ascend.
      var found: [PodClassID] = []
      var next = 0
      for (position, peer) in peers.enumerated() {
        while next < classes.count, classes[next].index < peer { next += 1 }
        guard next < classes.count else { break }
        if classes[next].index == peer, hasPorts(ids[position]) { found.append(classes[next]) }
      }
      return found
    }
  }

  /// Whether a side allows anything with an address or name outside.
  func reachesOutside(_ podClass: PodClassID, _ direction: TrafficDirection) -> Bool {
    switch row(podClass, direction) {
    case .uniform(let id): return id != ConnectionSetTable.none && count > podClassCount
    case .dense(let ids): return ids[podClassCount...].contains { $0 != ConnectionSetTable.none }
    case .sparse(let peers, _): return peers.last.map { $0 >= podClassCount } ?? false
    }
  }

  /// Peers outside that follow each other and are allowed the same.
  struct Run {
    var peers: ClosedRange<Int>
    let id: ConnectionSetTable.ID
  }

  /// What a side allows with the outside, as runs of peers that are allowed anything: ranges of addresses before names.
  func outside(_ podClass: PodClassID, _ direction: TrafficDirection) -> [Run] {
    var runs: [Run] = []
    func add(_ peer: Int, _ id: ConnectionSetTable.ID) {
      if let last = runs.last, last.id == id, last.peers.upperBound + 1 == peer {
        runs[runs.count - 1].peers = last.peers.lowerBound...peer
      } else {
        runs.append(Run(peers: peer...peer, id: id))
      }
    }
    switch row(podClass, direction) {
    case .uniform(let id):
      if id != ConnectionSetTable.none, count > podClassCount {
        runs.append(Run(peers: podClassCount...(count - 1), id: id))
      }
    case .dense(let ids):
      for peer in podClassCount..<count where ids[peer] != ConnectionSetTable.none { add(peer, ids[peer]) }
    case .sparse(let peers, let ids):
      var low = 0
      var high = peers.count
      while low < high {
        let middle = (low + high) / 2
        if peers[middle] < podClassCount { low = middle + 1 } else { high = middle }
      }
      for position in low..<peers.count { add(Int(peers[position]), ids[position]) }
    }
    return runs
  }

  /// Of several classes what any of them allows.
  func outside(_ podClasses: [PodClassID], _ direction: TrafficDirection) -> [Run] {
    guard podClasses.count != 1 else { return outside(podClasses[0], direction) }
    var runs: [Run] = []
    for peer in podClassCount..<count {
      let id = podClasses.reduce(ConnectionSetTable.none) { union($0, side($1, direction, PeerID(peer))) }
      if id == ConnectionSetTable.none { continue }
      if let last = runs.last, last.id == id, last.peers.upperBound + 1 == peer {
        runs[runs.count - 1].peers = last.peers.lowerBound...peer
      } else {
        runs.append(Run(peers: peer...peer, id: id))
      }
    }
    return runs
  }

  /// The number of the row of a class: classes with one number are allowed the same.
  func rowNumber(_ podClass: PodClassID, _ direction: TrafficDirection) -> Int32 {
    rowOf[direction][podClass.index]
  }

  /// Calls for each class that a class can connect to, in ascending order.
  func visitPairs(from source: PodClassID, _ body: (PodClassID, ConnectionSetTable.ID) -> Void) {
    if entryStarts.isEmpty { turnAround() }
    let mine = entryStarts[source.index]..<entryStarts[source.index + 1]
    for entry in mine { scratch[Int(entryRows[entry])] = entryIDs[entry] }
    let ingressRow = rowOf.ingress
    func visit(_ destination: Int, _ out: ConnectionSetTable.ID) {
      let id = table.intersection(out, scratch[Int(ingressRow[destination])])
      if id != ConnectionSetTable.none { body(PodClassID(destination), id) }
    }
    switch row(source, .egress) {
    case .uniform(let id):
      if id != ConnectionSetTable.none { for destination in 0..<podClassCount { visit(destination, id) } }
    case .dense(let ids):
      for destination in 0..<podClassCount where ids[destination] != ConnectionSetTable.none {
        visit(destination, ids[destination])
      }
    case .sparse(let peers, let ids):
      for (index, peer) in peers.enumerated() {
        if peer >= podClassCount { break }
        visit(Int(peer), ids[index])
      }
    }
    for entry in mine { scratch[Int(entryRows[entry])] = ConnectionSetTable.none }
  }

  /// What pods of two classes may connect by.
  func pair(_ source: PodClassID, _ destination: PodClassID) -> ConnectionSetTable.ID {
    let out = side(source, .egress, PeerID(destination))
    return out == ConnectionSetTable.none ? out : table.intersection(out, side(destination, .ingress, PeerID(source)))
  }

  // MARK: Changing one policy

  struct Change {
    let source: PeerID
    let destination: PeerID
    let before: ConnectionSetTable.ID
    let after: ConnectionSetTable.ID
  }

  /// Pairs of peers whose connections a NetworkPolicy would change once it is applied, and applies it.
  ///
  /// - Returns: nil where everything has to be read again; see `ReachModel.replace(with:)`.
  func apply(_ policy: KubeObject) -> [Change]? {
    guard let (affected, stage, place) = model.replace(with: policy) else { return nil }
    for direction in TrafficDirection.allCases {
      let one = compact(model.program.stages[stage].policies[place], direction)
      if place < policies[direction][stage].count {
        policies[direction][stage][place] = one
      } else {
        policies[direction][stage].append(one)
      }
    }
    struct Pair: Hashable {
      let source: PeerID
      let destination: PeerID
    }
    var before: [Pair: ConnectionSetTable.ID] = [:]
    var buffers = Buffers(count)
    var made: [(podClass: PodClassID, direction: TrafficDirection, row: Row)] = []
    for podClass in affected {
      for direction in TrafficDirection.allCases {
        let new = make(podClass, direction, model.governing[direction].signature(podClass), &buffers)
        for peer in differences(row(podClass, direction), new) {
          let own = PeerID(podClass)
          let pair = direction == .egress ? Pair(source: own, destination: peer) : Pair(source: peer, destination: own)
          before[pair] = connections(pair.source, pair.destination)
        }
        made.append((podClass, direction, new))
      }
    }
    for (podClass, direction, row) in made {
      rowOf[direction][podClass.index] = Int32(rows[direction].count)
      rows[direction].append(row)
    }
    entryStarts = []
    return before.map { pair, was in
      Change(
        source: pair.source, destination: pair.destination, before: was,
        after: connections(pair.source, pair.destination))
    }.filter { $0.before != $0.after }.sorted { ($0.source, $0.destination) < ($1.source, $1.destination) }
  }

  /// As `pair`, where one end may be outside.
  private func connections(_ source: PeerID, _ destination: PeerID) -> ConnectionSetTable.ID {
    guard let from = model.cluster.podClass(source) else {
      return model.cluster.podClass(destination).map { side($0, .ingress, source) } ?? ConnectionSetTable.none
    }
    guard let to = model.cluster.podClass(destination) else { return side(from, .egress, destination) }
    return pair(from, to)
  }

  private func differences(_ a: Row, _ b: Row) -> [PeerID] {
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
    return (0..<count).filter { x[$0] != y[$0] }.map { PeerID($0) }
  }

  // MARK: Making rows

  private func compact(_ policy: PolicyProgram.Policy, _ direction: TrafficDirection) -> CompactPolicy {
    let rules = (policy.rules[direction] ?? []).map { rule -> CompactRule in
      var index = -1
      if !rule.ports.named.isEmpty {
        index = named.count
        named.append([ConnectionSetTable.ID](repeating: -1, count: classOfSignature.count))
        namedPorts.append(rule.ports)
      }
      return CompactRule(
        action: rule.action, peers: rule.peers.matched, near: rule.near, fixed: table.id(rule.ports.fixed),
        named: index)
    }
    return CompactPolicy(
      rules: rules, isolates: policy.isolates[direction],
      onlyAllows: rules.allSatisfy { if case .allow = $0.action { true } else { false } },
      hasNamed: rules.contains { $0.named >= 0 }, hasNear: rules.contains { $0.near != nil })
  }

  private func resolved(_ rule: CompactRule, _ peer: PeerID) -> ConnectionSetTable.ID {
    guard peer.index < podClassCount else { return rule.fixed }
    let signature = Int(signature[peer.index])
    let known = named[rule.named][signature]
    if known >= 0 { return known }
    let id = table.id(model.resolve(namedPorts[rule.named], PeerID(classOfSignature[signature])))
    named[rule.named][signature] = id
    return id
  }

  private func makeRows(_ direction: TrafficDirection) {
    var known: [Key: Int32] = [:]
    var made: [Row] = []
    var index: [Int32] = []
    index.reserveCapacity(podClassCount)
    var buffers = Buffers(count)
    let mine = policies[direction]
    for podClass in model.cluster.podClassIDs {
      let governing = model.governing[direction].signature(podClass)
      var hasNamed = false
      var hasNear = false
      for (stage, places) in governing.places.enumerated() {
        for place in places {
          hasNamed = hasNamed || mine[stage][place].hasNamed
          hasNear = hasNear || mine[stage][place].hasNear
        }
      }
      let key = Key(
        policies: governing, ports: direction == .ingress && hasNamed ? signature[podClass.index] : -1,
        podClass: hasNear ? podClass : nil, isTunnelled: model.tunnelled.contains(podClass))
      if let row = known[key] {
        index.append(row)
        continue
      }
      known[key] = Int32(made.count)
      index.append(Int32(made.count))
      made.append(make(podClass, direction, governing, &buffers))
    }
    rows[direction] = made
    rowOf[direction] = index
  }

  private struct Buffers {
    var undecided: [ConnectionSetTable.ID]
    var allowed: [ConnectionSetTable.ID]

    init(_ count: Int) {
      undecided = [ConnectionSetTable.ID](repeating: ConnectionSetTable.all, count: count)
      allowed = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: count)
    }
  }

  private func make(
    _ podClass: PodClassID, _ direction: TrafficDirection, _ governing: GoverningPolicies.Signature,
    _ buffers: inout Buffers
  ) -> Row {
    let stages = model.program.stages
    var result: [ConnectionSetTable.ID]?
    for layer in layers {
      let positions = governing.places.indices.filter {
        stages[$0].place.layer == layer && !governing.places[$0].isEmpty
      }
      guard let first = positions.first else { continue }
      let mine = governing.places[first].map { policies[direction][first][$0] }
      if positions.count == 1, mine.contains(where: \.isolates), mine.allSatisfy(\.onlyAllows) {
        unite(mine, podClass, direction, &buffers.allowed)
      } else {
        evaluate(positions, governing, podClass, direction, &buffers)
      }
      if layer == .network, model.tunnelled.contains(podClass) {
        model.tunnelled.visit { buffers.allowed[$0.index] = tunnelled(buffers.allowed[$0.index]) }
      }
      if var known = result {
        for peer in 0..<count { known[peer] = table.intersection(known[peer], buffers.allowed[peer]) }
        result = known
      } else if layer == layers.last || !hasMore(layer, governing) {
        return pack(&buffers.allowed)
      } else {
        result = buffers.allowed
      }
      for peer in 0..<count { buffers.allowed[peer] = ConnectionSetTable.none }
    }
    guard var result else { return .uniform(ConnectionSetTable.all) }
    return pack(&result)
  }

  private func tunnelled(_ id: ConnectionSetTable.ID) -> ConnectionSetTable.ID {
    id == ConnectionSetTable.none || id == ConnectionSetTable.all ? id : table.id(AmbientTunnel.inside(set(id)))
  }

  private func hasMore(_ layer: PolicyProgram.Layer, _ governing: GoverningPolicies.Signature) -> Bool {
    governing.places.indices.contains {
      let other = model.program.stages[$0].place.layer
      return layers.contains(other) && other.rawValue > layer.rawValue && !governing.places[$0].isEmpty
    }
  }

  /// Of policies that only allow, and isolate: the union of what they allow.
  private func unite(
    _ policies: [CompactPolicy], _ podClass: PodClassID, _ direction: TrafficDirection,
    _ allowed: inout [ConnectionSetTable.ID]
  ) {
    for policy in policies {
      for rule in policy.rules where rule.near?.contains(podClass) ?? true {
        if rule.named < 0 {
          let ports = rule.fixed
          rule.peers.visit { peer in
            let known = allowed[peer.index]
            if known == ports { return }
            allowed[peer.index] = known == ConnectionSetTable.none ? ports : table.union(known, ports)
          }
        } else {
          let own = direction == .ingress ? resolved(rule, PeerID(podClass)) : ConnectionSetTable.none
          rule.peers.visit { peer in
            let ports = direction == .ingress ? own : resolved(rule, peer)
            allowed[peer.index] = table.union(allowed[peer.index], ports)
          }
        }
      }
    }
  }

  private func evaluate(
    _ positions: [Int], _ governing: GoverningPolicies.Signature, _ podClass: PodClassID,
    _ direction: TrafficDirection, _ buffers: inout Buffers
  ) {
    for peer in 0..<count { buffers.undecided[peer] = ConnectionSetTable.all }
    for position in positions {
      var passed: [Int: ConnectionSetTable.ID] = [:]
      var isolates = false
      for place in governing.places[position] {
        let policy = policies[direction][position][place]
        isolates = isolates || policy.isolates
        for rule in policy.rules where rule.near?.contains(podClass) ?? true {
          rule.peers.visit { peer in
            let open = buffers.undecided[peer.index]
            if open == ConnectionSetTable.none { return }
            let ports = rule.named < 0 ? rule.fixed : resolved(rule, direction == .ingress ? PeerID(podClass) : peer)
            let matched = table.intersection(open, ports)
            if matched == ConnectionSetTable.none { return }
            buffers.undecided[peer.index] = table.subtract(open, matched)
            switch rule.action {
            case .allow: buffers.allowed[peer.index] = table.union(buffers.allowed[peer.index], matched)
            case .deny: break
            case .pass: passed[peer.index] = table.union(passed[peer.index] ?? ConnectionSetTable.none, matched)
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
    scratch = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: rows.ingress.count)
    func visit(_ row: Row, _ body: (Int, ConnectionSetTable.ID) -> Void) {
      switch row {
      case .uniform: break
      case .dense(let ids):
        for source in 0..<podClassCount where ids[source] != ConnectionSetTable.none { body(source, ids[source]) }
      case .sparse(let peers, let ids):
        for (position, source) in peers.enumerated() {
          if source >= podClassCount { break }
          body(Int(source), ids[position])
        }
      }
    }
    var starts = [Int](repeating: 0, count: podClassCount + 1)
    for row in rows.ingress { visit(row) { source, _ in starts[source + 1] += 1 } }
    for source in 0..<podClassCount { starts[source + 1] += starts[source] }
    let total = starts[podClassCount]
    var next = starts
    var ids = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: total)
    entryRows = [Int32](unsafeUninitializedCapacity: total) { buffer, initialized in
      buffer.initialize(repeating: 0)
      initialized = total
      for (index, row) in rows.ingress.enumerated() {
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
