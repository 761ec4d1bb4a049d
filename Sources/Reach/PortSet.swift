/// A set of connections by protocol and port: canonical intervals, so that equal sets are equal values.
package struct PortSet: Sendable, Hashable {
  package enum TransportProtocol: Int, Sendable, CaseIterable {
    case tcp
    case udp
    case sctp

    package var name: String {
      switch self {
      case .tcp: "TCP"
      case .udp: "UDP"
      case .sctp: "SCTP"
      }
    }

    package init?(name: String) {
      guard let match = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
      self = match
    }
  }

  package typealias Interval = ClosedRange<UInt16>

  /// By protocol: disjoint, ascending, not adjacent.
  private var intervals: [[Interval]] = [[], [], []]
  /// ICMP of both families, and whatever else has no ports.
  package private(set) var other = false

  package init() {}

  package static let none = PortSet()
  package static let everyPort: Interval = 1...65535
  package static let all: PortSet = {
    var set = PortSet()
    set.intervals = [[everyPort], [everyPort], [everyPort]]
    set.other = true
    return set
  }()

  package init(_ transport: TransportProtocol, _ interval: Interval = everyPort) {
    intervals[transport.rawValue] = [interval]
  }

  /// ICMP alone.
  package static let icmp: PortSet = {
    var set = PortSet()
    set.other = true
    return set
  }()

  package func ports(_ transport: TransportProtocol) -> [Interval] { intervals[transport.rawValue] }

  package var isEmpty: Bool { !other && intervals.allSatisfy(\.isEmpty) }

  package var hasPorts: Bool { !intervals.allSatisfy(\.isEmpty) }

  package func contains(_ transport: TransportProtocol, _ port: UInt16) -> Bool {
    intervals[transport.rawValue].contains { $0.contains(port) }
  }

  package func union(_ set: PortSet) -> PortSet {
    var result = self
    for index in 0..<3 { result.intervals[index] = Self.union(intervals[index], set.intervals[index]) }
    result.other = other || set.other
    return result
  }

  package func intersection(_ set: PortSet) -> PortSet {
    var result = PortSet()
    for index in 0..<3 { result.intervals[index] = Self.intersection(intervals[index], set.intervals[index]) }
    result.other = other && set.other
    return result
  }

  package func subtracting(_ set: PortSet) -> PortSet {
    var result = PortSet()
    for index in 0..<3 { result.intervals[index] = Self.subtract(intervals[index], set.intervals[index]) }
    result.other = other && !set.other
    return result
  }

  private static func union(_ a: [Interval], _ b: [Interval]) -> [Interval] {
    if a.isEmpty { return b }
    if b.isEmpty { return a }
    var result: [Interval] = []
    for next in (a + b).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, Int(next.lowerBound) <= Int(last.upperBound) + 1 {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, next.upperBound)
      } else {
        result.append(next)
      }
    }
    return result
  }

  private static func intersection(_ a: [Interval], _ b: [Interval]) -> [Interval] {
    var result: [Interval] = []
    var i = 0
    var j = 0
    while i < a.count, j < b.count {
      let low = max(a[i].lowerBound, b[j].lowerBound)
      let high = min(a[i].upperBound, b[j].upperBound)
      if low <= high { result.append(low...high) }
      if a[i].upperBound < b[j].upperBound { i += 1 } else { j += 1 }
    }
    return result
  }

  private static func subtract(_ a: [Interval], _ b: [Interval]) -> [Interval] {
    var result: [Interval] = []
    for interval in a {
      var low = Int(interval.lowerBound)
      for cut in b where cut.upperBound >= interval.lowerBound && cut.lowerBound <= interval.upperBound {
        if Int(cut.lowerBound) > low { result.append(UInt16(low)...(cut.lowerBound - 1)) }
        low = max(low, Int(cut.upperBound) + 1)
      }
      if low <= Int(interval.upperBound) { result.append(UInt16(low)...interval.upperBound) }
    }
    return result
  }

  /// `all`, `none`, or `TCP 80,443; UDP 53`.
  package var text: String {
    if self == .all || PortSet.TransportProtocol.allCases.allSatisfy({ ports($0) == [Self.everyPort] }) { return "all" }
    let parts = TransportProtocol.allCases.compactMap { transport -> String? in
      let list = ports(transport)
      guard !list.isEmpty else { return nil }
      if list == [Self.everyPort] { return transport.name }
      return transport.name + " "
        + list.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
    return parts.isEmpty ? (other ? "ICMP" : "none") : parts.joined(separator: "; ")
  }
}

/// Port sets by number, with remembered results: a cluster has millions of pairs and a few thousand different sets.
struct PortSetTable {
  typealias ID = Int32

  private(set) var sets: [PortSet] = [.none, .all]
  private var ids: [PortSet: ID] = [.none: 0, .all: 1]
  private var unions = PairMemo()
  private var intersections = PairMemo()
  private var differences = PairMemo()

  static let none: ID = 0
  static let all: ID = 1

  mutating func id(_ set: PortSet) -> ID {
    if let known = ids[set] { return known }
    let new = ID(sets.count)
    sets.append(set)
    ids[set] = new
    return new
  }

  private static func key(_ a: ID, _ b: ID) -> UInt64 {
    UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
  }

  mutating func union(_ a: ID, _ b: ID) -> ID {
    if a == b || b == Self.none || a == Self.all { return a }
    if a == Self.none || b == Self.all { return b }
    let key = Self.key(min(a, b), max(a, b))
    if let known = unions[key] { return known }
    let result = id(sets[Int(a)].union(sets[Int(b)]))
    unions[key] = result
    return result
  }

  mutating func intersection(_ a: ID, _ b: ID) -> ID {
    if a == b || b == Self.all || a == Self.none { return a }
    if a == Self.all || b == Self.none { return b }
    let key = Self.key(min(a, b), max(a, b))
    if let known = intersections[key] { return known }
    let result = id(sets[Int(a)].intersection(sets[Int(b)]))
    intersections[key] = result
    return result
  }

  mutating func subtract(_ a: ID, _ b: ID) -> ID {
    if b == Self.none || a == Self.none { return a }
    if b == Self.all || a == b { return Self.none }
    let key = Self.key(a, b)
    if let known = differences[key] { return known }
    let result = id(sets[Int(a)].subtracting(sets[Int(b)]))
    differences[key] = result
    return result
  }
}

/// Remembered results of an operation on two small numbers: open addressing over flat arrays, since this is asked once
/// for every pair of pods.
struct PairMemo {
  private var keys = [UInt64](repeating: .max, count: 1 << 12)
  private var values = [Int32](repeating: 0, count: 1 << 12)
  private var count = 0

  private func slot(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 20) & mask
    while keys[slot] != key, keys[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }

  subscript(key: UInt64) -> Int32? {
    get {
      let slot = slot(key)
      return keys[slot] == key ? values[slot] : nil
    }
    set {
      guard let newValue else { return }
      if count * 2 >= keys.count { grow() }
      let slot = slot(key)
      if keys[slot] == .max { count += 1 }
      keys[slot] = key
      values[slot] = newValue
    }
  }

  private mutating func grow() {
    let old = zip(keys, values).filter { $0.0 != .max }
    keys = [UInt64](repeating: .max, count: keys.count * 4)
    values = [Int32](repeating: 0, count: keys.count)
    for (key, value) in old {
      let slot = slot(key)
      keys[slot] = key
      values[slot] = value
    }
  }
}
