/// A set of connections by protocol and port, some of them under a condition: canonical, so that equal sets are equal
/// values.
package struct ConnectionSet: Sendable, Hashable {
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
  private typealias Ports = [[Interval]]

  /// Ports that are open under a condition only, by protocol.
  private struct Refined: Sendable, Hashable {
    let condition: Condition
    var ports: [[Interval]]
  }

  /// By protocol: disjoint, ascending, not adjacent. Open whatever is sent.
  private var intervals: [[Interval]] = [[], [], []]
  /// In the order of their conditions; disjoint from each other and from `intervals`, neither empty nor of a constant condition.
  private var refined: [Refined] = []
  /// ICMP of both families, and whatever else has no ports.
  package private(set) var other = Condition.never

  package init() {}

  package static let none = ConnectionSet()
  package static let everyPort: Interval = 1...65535
  private static let every: Ports = [[everyPort], [everyPort], [everyPort]]
  package static let all: ConnectionSet = {
    var set = ConnectionSet()
    set.intervals = every
    set.other = .always
    return set
  }()
  /// Every port, without ICMP and the like.
  package static let allPorts: ConnectionSet = {
    var set = all
    set.other = .never
    return set
  }()

  package init(_ transport: TransportProtocol, _ interval: Interval = everyPort) {
    intervals[transport.rawValue] = [interval]
  }

  /// Protocols without ports, all or some of them.
  package init(other: Condition) { self.other = other }

  /// Whatever has no ports.
  package static let portless = ConnectionSet(other: .always)

  /// ICMP of one family, of one type and code where given.
  package static func icmp(isV6: Bool, type: Int? = nil, code: Int? = nil) -> ConnectionSet {
    var condition = Condition(ConditionTest(.ipProtocol, .exact(isV6 ? "ICMPv6" : "ICMP")))
    if let type { condition = condition.intersection(Condition(ConditionTest(.icmpType, .exact(String(type))))) }
    if let code { condition = condition.intersection(Condition(ConditionTest(.icmpCode, .exact(String(code))))) }
    return ConnectionSet(other: condition)
  }

  /// The same ports, open only to what meets a condition.
  package func refined(by condition: Condition) -> ConnectionSet {
    if condition == .always { return self }
    if condition == .never { return .none }
    var everywhere = ConnectionSet()
    everywhere.refined = [Refined(condition: condition, ports: Self.every)]
    everywhere.other = condition
    return intersection(everywhere)
  }

  /// Ports on which anything may pass, under a condition or not.
  package func ports(_ transport: TransportProtocol) -> [Interval] {
    refined.reduce(intervals[transport.rawValue]) { Self.union($0, $1.ports[transport.rawValue]) }
  }

  /// Ports that are open under a condition, with it, in a stable order.
  package var conditional: [(condition: Condition, ports: ConnectionSet)] {
    refined.map { part in
      var set = ConnectionSet()
      set.intervals = part.ports
      return (part.condition, set)
    }
  }

  package var isEmpty: Bool { other == .never && !hasPorts }

  package var hasPorts: Bool { !refined.isEmpty || !intervals.allSatisfy(\.isEmpty) }

  /// Whether anything may pass on a port.
  package func contains(_ transport: TransportProtocol, _ port: UInt16) -> Bool {
    condition(transport, port) != .never
  }

  /// What a connection on a port has to carry.
  package func condition(_ transport: TransportProtocol, _ port: UInt16) -> Condition {
    if intervals[transport.rawValue].contains(where: { $0.contains(port) }) { return .always }
    for part in refined where part.ports[transport.rawValue].contains(where: { $0.contains(port) }) {
      return part.condition
    }
    return .never
  }

  package func union(_ set: ConnectionSet) -> ConnectionSet {
    apply(set, Self.union) { $0.union($1) }
  }

  package func intersection(_ set: ConnectionSet) -> ConnectionSet {
    apply(set, Self.intersection) { $0.intersection($1) }
  }

  package func subtracting(_ set: ConnectionSet) -> ConnectionSet {
    apply(set, Self.subtract) { $0.subtracting($1) }
  }

  private func apply(
    _ set: ConnectionSet, _ ports: ([Interval], [Interval]) -> [Interval],
    _ conditions: (Condition, Condition) -> Condition
  ) -> ConnectionSet {
    var result = ConnectionSet()
    result.other = conditions(other, set.other)
    if !refined.isEmpty || !set.refined.isEmpty { return combine(set, result, conditions) }
    for index in 0..<3 { result.intervals[index] = ports(intervals[index], set.intervals[index]) }
    return result
  }

  /// The set as a function from ports to conditions.
  private var pieces: [Refined] {
    var rest = Self.every
    for index in 0..<3 {
      rest[index] = Self.subtract(rest[index], intervals[index])
      for part in refined { rest[index] = Self.subtract(rest[index], part.ports[index]) }
    }
    return [Refined(condition: .always, ports: intervals)] + refined + [Refined(condition: .never, ports: rest)]
  }

  private func combine(
    _ set: ConnectionSet, _ start: ConnectionSet, _ operation: (Condition, Condition) -> Condition
  ) -> ConnectionSet {
    var result = start
    var parts: [Condition: Ports] = [:]
    for mine in pieces {
      for theirs in set.pieces {
        let ports = (0..<3).map { Self.intersection(mine.ports[$0], theirs.ports[$0]) }
        if ports.allSatisfy(\.isEmpty) { continue }
        let condition = operation(mine.condition, theirs.condition)
        if condition == .never { continue }
        let known = parts[condition] ?? [[], [], []]
        parts[condition] = (0..<3).map { Self.union(known[$0], ports[$0]) }
      }
    }
    result.intervals = parts.removeValue(forKey: .always) ?? [[], [], []]
    result.refined = parts.map { Refined(condition: $0.key, ports: $0.value) }.sorted {
      $0.condition < $1.condition
    }
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

  /// `all`, `none`, or `TCP 80,443; UDP 53; TCP 8080 (GET /public*)`.
  package var text: String {
    var parts = Self.text(intervals)
    for part in refined { parts += Self.text(part.ports).map { "\($0) (\(part.condition.text))" } }
    if refined.isEmpty, intervals == Self.every { return "all" }
    if parts.isEmpty { return other == .never ? "none" : other == .always ? "ICMP" : other.text }
    return parts.joined(separator: "; ")
  }

  private static func text(_ ports: Ports) -> [String] {
    TransportProtocol.allCases.compactMap { transport in
      let list = ports[transport.rawValue]
      guard !list.isEmpty else { return nil }
      if list == [Self.everyPort] { return transport.name }
      return transport.name + " "
        + list.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
  }
}
