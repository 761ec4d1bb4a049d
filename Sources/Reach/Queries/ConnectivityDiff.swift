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
    let old = Side(before)
    let new = Side(after)
    // Where the profile leaves ICMP to the network plugin, a change of it alone says nothing.
    let countsPortless = before.profile.deniesPortless && after.profile.deniesPortless
    var finder = Finder(old, new, countsPortless: countsPortless)
    finder.compareInside()
    finder.compareOutside()
    finder.compareRouted(
      ConnectivityStream.routed(before, .workloads), ConnectivityStream.routed(after, .workloads))
    changes = Self.sorted(finder.changes)
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

  /// One of the two states.
  private final class Side {
    let rows: ReachRows
    let cluster: ReachCluster
    /// By workload; nothing for one that it does not have.
    let podClasses: [Subject: [PodClassID]]

    init(_ model: ReachModel) {
      rows = ReachRows(model)
      cluster = model.cluster
      podClasses = Dictionary(grouping: model.cluster.endpoints, by: \.workload).mapValues {
        Set($0.map(\.podClass)).sorted()
      }
    }

    /// What one group says to each class.
    func fill(_ ids: inout [ConnectionSetTable.ID], from podClasses: [PodClassID]) {
      for index in ids.indices { ids[index] = ConnectionSetTable.none }
      for podClass in podClasses {
        rows.visitPairs(from: podClass) { destination, id in
          ids[destination.index] = rows.union(ids[destination.index], id)
        }
      }
    }

    func id(_ podClasses: [PodClassID], in ids: [ConnectionSetTable.ID]) -> ConnectionSetTable.ID {
      podClasses.reduce(ConnectionSetTable.none) { rows.union($0, ids[$1.index]) }
    }

    /// Without ports there is no connection.
    func set(_ id: ConnectionSetTable.ID) -> ConnectionSet { rows.hasPorts(id) ? rows.set(id) : .none }

    func outside(_ podClasses: [PodClassID], _ direction: TrafficDirection) -> [(
      end: ConnectionEnd, ports: ConnectionSet
    )] {
      guard !podClasses.isEmpty else { return [] }
      return rows.outside(podClasses, direction).filter { rows.hasPorts($0.id) }.flatMap { run in
        cluster.ends(run.peers).map { ($0, rows.set(run.id)) }
      }
    }
  }

  /// Workloads that are of the same classes before, and of the same afterwards, change alike.
  private struct Group {
    let old: [PodClassID]
    let new: [PodClassID]
    let workloads: [Subject]
  }

  private struct Finder {
    private let old: Side
    private let new: Side
    private let countsPortless: Bool
    private let groups: [Group]
    private(set) var changes: [Change] = []

    init(_ old: Side, _ new: Side, countsPortless: Bool) {
      self.old = old
      self.new = new
      self.countsPortless = countsPortless
      struct Key: Hashable {
        let old: [PodClassID]
        let new: [PodClassID]
      }
      let workloads = Set(old.podClasses.keys).union(new.podClasses.keys)
      groups = Dictionary(grouping: workloads) {
        Key(old: old.podClasses[$0] ?? [], new: new.podClasses[$0] ?? [])
      }.map { Group(old: $0.key.old, new: $0.key.new, workloads: $0.value) }
    }

    private mutating func add(
      _ source: ConnectionEnd, _ destination: ConnectionEnd, _ before: ConnectionSet, _ after: ConnectionSet
    ) {
      let change = Change(source: source, destination: destination, before: before, after: after)
      if before != after, countsPortless || change.gained.hasPorts || change.lost.hasPorts { changes.append(change) }
    }

    mutating func compareInside() {
      struct Pair: Hashable {
        let before: ConnectionSetTable.ID
        let after: ConnectionSetTable.ID
      }
      var areEqual: [Pair: Bool] = [:]
      var was = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: old.cluster.podClasses.count)
      var now = [ConnectionSetTable.ID](repeating: ConnectionSetTable.none, count: new.cluster.podClasses.count)
      for source in groups {
        old.fill(&was, from: source.old)
        new.fill(&now, from: source.new)
        for destination in groups {
          let pair = Pair(before: old.id(destination.old, in: was), after: new.id(destination.new, in: now))
          if pair.before == ConnectionSetTable.none, pair.after == ConnectionSetTable.none { continue }
          if areEqual[pair] == nil { areEqual[pair] = old.set(pair.before) == new.set(pair.after) }
          if areEqual[pair] == true { continue }
          for from in source.workloads {
            for to in destination.workloads where from != to {
              add(.workload(from), .workload(to), old.set(pair.before), new.set(pair.after))
            }
          }
        }
      }
    }

    mutating func compareOutside() {
      for group in groups {
        for direction in TrafficDirection.allCases {
          let was = old.outside(group.old, direction)
          let now = new.outside(group.new, direction)
          for (end, before, after) in ConnectivityDiff.compare(was, now) {
            if direction == .ingress, case .name = end { continue }
            for workload in group.workloads {
              if direction == .egress {
                add(.workload(workload), end, before, after)
              } else {
                add(end, .workload(workload), before, after)
              }
            }
          }
        }
      }
    }

    mutating func compareRouted(_ was: [ConnectionEnd: ConnectionSet], _ now: [ConnectionEnd: ConnectionSet]) {
      for end in Set(was.keys).union(now.keys) {
        func set(_ sets: [ConnectionEnd: ConnectionSet]) -> ConnectionSet {
          sets[end].flatMap { $0.hasPorts ? $0 : nil } ?? .none
        }
        add(.ingressController, end, set(was), set(now))
      }
    }
  }

  /// Both states cut the addresses at borders of their own: they are compared piece by piece, and equal pieces beside each
  /// other told as one.
  private static func compare(
    _ old: [(end: ConnectionEnd, ports: ConnectionSet)], _ new: [(end: ConnectionEnd, ports: ConnectionSet)]
  ) -> [(end: ConnectionEnd, before: ConnectionSet, after: ConnectionSet)] {
    var result: [(end: ConnectionEnd, before: ConnectionSet, after: ConnectionSet)] = []
    func names(_ list: [(end: ConnectionEnd, ports: ConnectionSet)]) -> [String: ConnectionSet] {
      Dictionary(
        list.compactMap { item in if case .name(let name) = item.end { (name, item.ports) } else { nil } },
        uniquingKeysWith: { first, _ in first })
    }
    let oldNames = names(old)
    let newNames = names(new)
    for name in Set(oldNames.keys).union(newNames.keys) {
      result.append((.name(name), oldNames[name] ?? .none, newNames[name] ?? .none))
    }
    for whole in [IPRange.allV4, .allV6] {
      func ranges(_ list: [(end: ConnectionEnd, ports: ConnectionSet)]) -> [(range: IPRange, ports: ConnectionSet)] {
        list.compactMap { item in
          if case .range(let range) = item.end, range.isV6 == whole.isV6 { (range, item.ports) } else { nil }
        }
      }
      let a = ranges(old)
      let b = ranges(new)
      if a.isEmpty, b.isEmpty { continue }
      var starts: Set<UInt128> = [whole.low]
      for piece in a + b {
        starts.insert(piece.range.low)
        if piece.range.high < whole.high { starts.insert(piece.range.high + 1) }
      }
      // Both are in ascending order, so one walk suffices.
      var i = 0
      var j = 0
      func at(_ list: [(range: IPRange, ports: ConnectionSet)], _ index: inout Int, _ low: UInt128) -> ConnectionSet {
        while index < list.count, list[index].range.high < low { index += 1 }
        return index < list.count && list[index].range.low <= low ? list[index].ports : .none
      }
      var merged: [(range: IPRange, was: ConnectionSet, now: ConnectionSet)] = []
      let sorted = starts.sorted()
      for (index, low) in sorted.enumerated() {
        let high = index + 1 < sorted.count ? sorted[index + 1] - 1 : whole.high
        let was = at(a, &i, low)
        let now = at(b, &j, low)
        if let last = merged.last, last.was == was, last.now == now {
          merged[merged.count - 1].range = IPRange(isV6: whole.isV6, low: last.range.low, high: high)
        } else {
          merged.append((IPRange(isV6: whole.isV6, low: low, high: high), was, now))
        }
      }
      result += merged.filter { $0.was != $0.now }.map { (.range($0.range), $0.was, $0.now) }
    }
    return result
  }
}
