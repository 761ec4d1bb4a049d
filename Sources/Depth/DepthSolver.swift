/// The least number of distinct controls over all paths from one place of a graph to every other.
///
/// Least sets over paths are not additive: a control that stands in the way twice counts once. The search is over pairs of a place
/// and the set of controls that failed on the way there. A pair is dropped where another one at the same place can never
/// do worse, whatever is met later. Controls that only steps into one place, or only steps out of one, have cannot be
/// met twice on a path that visits no place twice: they are counted and not remembered.
package struct DepthSolver: Sendable {
  /// A step: `controls` are distinct numbers.
  package struct Arc: Sendable {
    package let from: Int
    package let to: Int
    package let controls: [Int]

    package init(from: Int, to: Int, controls: [Int] = []) {
      self.from = from
      self.to = to
      self.controls = controls
    }
  }

  /// How much is remembered. Beyond it the answer is between bounds.
  package struct Limits: Sendable {
    /// Sets of controls at one place.
    package var setsPerPlace = 64
    /// Sets in all.
    package var sets = 2_000_000

    package init() {}
  }

  /// What is known of one place.
  package struct Depth: Sendable, Hashable {
    /// Controls of the best path that was found.
    package let upper: Int
    /// No path needs fewer; below `upper` only where limits cut the search off.
    package let lower: Int

    package var isExact: Bool { lower == upper }
  }

  private struct Label {
    let place: Int32
    let counted: Int32
    let remembered: Int32
    let parent: Int32
    let arc: Int32
  }

  /// The answer of one search.
  package struct Solution: Sendable {
    fileprivate let best: [Int32]
    fileprivate let cost: [Int32]
    fileprivate let parents: [Int32]
    fileprivate let arcs: [Int32]
    fileprivate let floor: Int

    /// Nil where no path leads.
    package func depth(of place: Int) -> Depth? {
      guard best[place] >= 0 else { return nil }
      let found = Int(cost[Int(best[place])])
      return Depth(upper: found, lower: min(found, floor))
    }

    /// Numbers of the arcs of the best path; empty for the start and where no path leads.
    package func path(to place: Int) -> [Int] {
      var path: [Int] = []
      var label = best[place]
      while label >= 0, arcs[Int(label)] >= 0 {
        path.append(Int(arcs[Int(label)]))
        label = parents[Int(label)]
      }
      return path.reversed()
    }
  }

  private let placeCount: Int
  private let to: [Int32]
  /// By arc: controls that are counted, and the number of the set of those that are remembered.
  private let counted: [Int32]
  private let remembered: [Int32]
  private let starts: [Int32]
  private let outgoing: [Int32]
  private let sets: [[Int32]]

  package init(places: Int, _ arcs: [Arc]) {
    placeCount = places
    // A control's only place of arrival and of departure; -2: several.
    var arrival: [Int: Int] = [:]
    var departure: [Int: Int] = [:]
    for arc in arcs {
      for control in arc.controls {
        arrival[control] = arrival[control].map { $0 == arc.to ? $0 : -2 } ?? arc.to
        departure[control] = departure[control].map { $0 == arc.from ? $0 : -2 } ?? arc.from
      }
    }
    var known: [[Int32]: Int32] = [[]: 0]
    var sets: [[Int32]] = [[]]
    var to: [Int32] = []
    var counted: [Int32] = []
    var remembered: [Int32] = []
    to.reserveCapacity(arcs.count)
    counted.reserveCapacity(arcs.count)
    remembered.reserveCapacity(arcs.count)
    var starts = [Int32](repeating: 0, count: places + 1)
    for arc in arcs {
      to.append(Int32(arc.to))
      starts[arc.from + 1] += 1
      guard !arc.controls.isEmpty else {
        counted.append(0)
        remembered.append(0)
        continue
      }
      let shared = arc.controls.filter { arrival[$0] == -2 && departure[$0] == -2 }.map { Int32($0) }.sorted()
      counted.append(Int32(arc.controls.count - shared.count))
      if let number = known[shared] {
        remembered.append(number)
      } else {
        known[shared] = Int32(sets.count)
        remembered.append(Int32(sets.count))
        sets.append(shared)
      }
    }
    for place in 0..<places { starts[place + 1] += starts[place] }
    var next = starts
    var outgoing = [Int32](repeating: 0, count: arcs.count)
    for (index, arc) in arcs.enumerated() {
      outgoing[Int(next[arc.from])] = Int32(index)
      next[arc.from] += 1
    }
    self.to = to
    self.counted = counted
    self.remembered = remembered
    self.starts = starts
    self.outgoing = outgoing
    self.sets = sets
  }

  /// Sets of controls by number, and what was worked out about pairs of them.
  private struct SetTable {
    var sets: [[Int32]]
    private var numbers: [[Int32]: Int32]
    private var unions: [UInt64: Int32] = [:]
    private var surpluses: [UInt64: Int32] = [:]

    init(_ sets: [[Int32]]) {
      self.sets = sets
      numbers = Dictionary(uniqueKeysWithValues: sets.enumerated().map { ($1, Int32($0)) })
    }

    private static func key(_ a: Int32, _ b: Int32) -> UInt64 {
      UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
    }

    mutating func union(_ a: Int32, _ b: Int32) -> Int32 {
      if a == b || b == 0 { return a }
      if a == 0 { return b }
      if let known = unions[Self.key(a, b)] { return known }
      let merged = Set(sets[Int(a)]).union(sets[Int(b)]).sorted()
      let number: Int32
      if let known = numbers[merged] {
        number = known
      } else {
        number = Int32(sets.count)
        numbers[merged] = number
        sets.append(merged)
      }
      unions[Self.key(a, b)] = number
      return number
    }

    /// How many controls of `a` are not in `b`.
    mutating func surplus(_ a: Int32, _ b: Int32) -> Int32 {
      if a == b || a == 0 { return 0 }
      if b == 0 { return Int32(sets[Int(a)].count) }
      if let known = surpluses[Self.key(a, b)] { return known }
      let other = Set(sets[Int(b)])
      let count = Int32(sets[Int(a)].count { !other.contains($0) })
      surpluses[Self.key(a, b)] = count
      return count
    }
  }

  package func solve(from start: Int, isOpen: [Bool]? = nil, limits: Limits = Limits()) -> Solution {
    solve(from: [start], isOpen: isOpen, limits: limits)
  }

  /// - Parameters:
  ///   - starts: of which the best counts.
  ///   - isOpen: by arc, whether it may be taken; nil: all.
  package func solve(from starts: [Int], isOpen: [Bool]? = nil, limits: Limits = Limits()) -> Solution {
    var table = SetTable(sets)
    var labels = starts.map { Label(place: Int32($0), counted: 0, remembered: 0, parent: -1, arc: -1) }
    var costs = [Int32](repeating: 0, count: labels.count)
    var kept = [[Int32]](repeating: [], count: placeCount)
    var best = [Int32](repeating: -1, count: placeCount)
    var floor = Int.max
    // Labels by cost; those of one cost in the order of arrival, so that of equal paths the shortest is found.
    var buckets: [[Int32]] = [labels.indices.map { Int32($0) }]
    var cost = 0
    while cost < buckets.count {
      var position = 0
      while position < buckets[cost].count {
        let number = buckets[cost][position]
        position += 1
        let label = labels[Int(number)]
        let place = Int(label.place)
        if isDominated(label, kept[place], labels, &table) { continue }
        if kept[place].count >= limits.setsPerPlace {
          floor = min(floor, cost)
          continue
        }
        kept[place].append(number)
        if best[place] < 0 { best[place] = number }
        for slot in self.starts[place]..<self.starts[place + 1] {
          let arc = Int(outgoing[Int(slot)])
          if let isOpen, !isOpen[arc] { continue }
          let next = Label(
            place: to[arc], counted: label.counted + counted[arc],
            remembered: table.union(label.remembered, remembered[arc]), parent: number, arc: Int32(arc))
          if isDominated(next, kept[Int(next.place)], labels, &table) { continue }
          let total = Int(next.counted) + table.sets[Int(next.remembered)].count
          if labels.count >= limits.sets {
            // A place without any path yet must still get one.
            guard best[Int(next.place)] < 0 else {
              floor = min(floor, total)
              continue
            }
          }
          while buckets.count <= total { buckets.append([]) }
          buckets[total].append(Int32(labels.count))
          labels.append(next)
          costs.append(Int32(total))
        }
      }
      buckets[cost] = []
      cost += 1
    }
    return Solution(
      best: best, cost: costs, parents: labels.map(\.parent), arcs: labels.map(\.arc), floor: floor)
  }

  /// Whether something that was kept at the place does no worse, whatever controls are met later.
  private func isDominated(_ label: Label, _ kept: [Int32], _ labels: [Label], _ table: inout SetTable) -> Bool {
    for number in kept {
      let other = labels[Int(number)]
      if other.counted + table.surplus(other.remembered, label.remembered) <= label.counted { return true }
    }
    return false
  }
}
