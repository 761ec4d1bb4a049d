/// Ports of the three protocols that have them.
package struct PortSet: Sendable, Hashable {
  /// A range of ports, both ends included.
  package typealias Interval = ClosedRange<UInt16>

  /// Disjoint, ascending, not adjacent; the others alike.
  private var tcp: [Interval] = []
  private var udp: [Interval] = []
  private var sctp: [Interval] = []

  init() {}

  /// The same of each protocol.
  init(all intervals: [Interval]) {
    tcp = intervals
    udp = intervals
    sctp = intervals
  }

  var isEmpty: Bool { tcp.isEmpty && udp.isEmpty && sctp.isEmpty }

  subscript(transport: ConnectionSet.TransportProtocol) -> [Interval] {
    get {
      switch transport {
      case .tcp: tcp
      case .udp: udp
      case .sctp: sctp
      }
    }
    set {
      switch transport {
      case .tcp: tcp = newValue
      case .udp: udp = newValue
      case .sctp: sctp = newValue
      }
    }
  }

  /// Protocol by protocol.
  func combined(with other: PortSet, _ operation: ([Interval], [Interval]) -> [Interval]) -> PortSet {
    var result = PortSet()
    result.tcp = operation(tcp, other.tcp)
    result.udp = operation(udp, other.udp)
    result.sctp = operation(sctp, other.sctp)
    return result
  }

  static func union(_ a: [Interval], _ b: [Interval]) -> [Interval] {
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

  static func intersection(_ a: [Interval], _ b: [Interval]) -> [Interval] {
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

  static func subtract(_ a: [Interval], _ b: [Interval]) -> [Interval] {
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
}
