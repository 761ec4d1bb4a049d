/// A set of connections by protocol and port, some of them under a condition: canonical, so that equal sets are equal
/// values.
package struct ConnectionSet: Sendable, Hashable {
  /// The protocols of the API that have ports.
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

  /// A range of ports, both ends included.
  package typealias Interval = PortSet.Interval

  /// Ports that are open under a condition only.
  private struct Refined: Sendable, Hashable {
    let condition: Condition
    var ports: PortSet
  }

  /// Open whatever is sent.
  private var open = PortSet()
  /// In the order of their conditions; disjoint from each other and from `open`, neither empty nor of a constant condition.
  private var refined: [Refined] = []
  /// ICMP of both families, and whatever else has no ports.
  package private(set) var other = Condition.never

  package init() {}

  package static let none = ConnectionSet()
  package static let everyPort: Interval = 1...65535
  private static let every = PortSet(all: [everyPort])
  package static let all: ConnectionSet = {
    var set = ConnectionSet()
    set.open = every
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
    open[transport] = [interval]
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
    refined.reduce(open[transport]) { PortSet.union($0, $1.ports[transport]) }
  }

  /// Ports that are open under a condition, with it, in a stable order.
  package var conditional: [(condition: Condition, ports: ConnectionSet)] {
    refined.map { part in
      var set = ConnectionSet()
      set.open = part.ports
      return (part.condition, set)
    }
  }

  /// Ports that stand alone, and not in a range.
  var singlePorts: [(transport: TransportProtocol, port: UInt16)] {
    TransportProtocol.allCases.flatMap { transport in
      ports(transport).filter { $0.count == 1 }.map { (transport, $0.lowerBound) }
    }
  }

  package var isEmpty: Bool { other == .never && !hasPorts }

  package var hasPorts: Bool { !refined.isEmpty || !open.isEmpty }

  /// Whether anything may pass on a port.
  package func contains(_ transport: TransportProtocol, _ port: UInt16) -> Bool {
    condition(transport, port) != .never
  }

  /// What a connection on a port has to carry.
  package func condition(_ transport: TransportProtocol, _ port: UInt16) -> Condition {
    if open[transport].contains(where: { $0.contains(port) }) { return .always }
    for part in refined where part.ports[transport].contains(where: { $0.contains(port) }) {
      return part.condition
    }
    return .never
  }

  package func union(_ set: ConnectionSet) -> ConnectionSet {
    apply(set, PortSet.union) { $0.union($1) }
  }

  package func intersection(_ set: ConnectionSet) -> ConnectionSet {
    apply(set, PortSet.intersection) { $0.intersection($1) }
  }

  package func subtracting(_ set: ConnectionSet) -> ConnectionSet {
    apply(set, PortSet.subtract) { $0.subtracting($1) }
  }

  private func apply(
    _ set: ConnectionSet, _ ports: ([Interval], [Interval]) -> [Interval],
    _ conditions: (Condition, Condition) -> Condition
  ) -> ConnectionSet {
    var result = ConnectionSet()
    result.other = conditions(other, set.other)
    if !refined.isEmpty || !set.refined.isEmpty { return combine(set, result, conditions) }
    result.open = open.combined(with: set.open, ports)
    return result
  }

  /// The set as a function from ports to conditions.
  private var pieces: [Refined] {
    var rest = Self.every.combined(with: open, PortSet.subtract)
    for part in refined { rest = rest.combined(with: part.ports, PortSet.subtract) }
    return [Refined(condition: .always, ports: open)] + refined + [Refined(condition: .never, ports: rest)]
  }

  private func combine(
    _ set: ConnectionSet, _ start: ConnectionSet, _ operation: (Condition, Condition) -> Condition
  ) -> ConnectionSet {
    var result = start
    var parts: [Condition: PortSet] = [:]
    for mine in pieces {
      for theirs in set.pieces {
        let ports = mine.ports.combined(with: theirs.ports, PortSet.intersection)
        if ports.isEmpty { continue }
        let condition = operation(mine.condition, theirs.condition)
        if condition == .never { continue }
        parts[condition] = (parts[condition] ?? PortSet()).combined(with: ports, PortSet.union)
      }
    }
    result.open = parts.removeValue(forKey: .always) ?? PortSet()
    result.refined = parts.map { Refined(condition: $0.key, ports: $0.value) }.sorted {
      $0.condition < $1.condition
    }
    return result
  }

  /// `all`, `none`, or `TCP 80,443; UDP 53; TCP 8080 (GET /public*)`.
  package var text: String {
    var parts = Self.text(open)
    for part in refined { parts += Self.text(part.ports).map { "\($0) (\(part.condition.text))" } }
    if refined.isEmpty, open == Self.every { return "all" }
    if parts.isEmpty { return other == .never ? "none" : other == .always ? "ICMP" : other.text }
    return parts.joined(separator: "; ")
  }

  private static func text(_ ports: PortSet) -> [String] {
    TransportProtocol.allCases.compactMap { transport in
      let list = ports[transport]
      guard !list.isEmpty else { return nil }
      if list == [Self.everyPort] { return transport.name }
      return transport.name + " "
        + list.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
  }
}
