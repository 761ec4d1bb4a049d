package import Bytes
package import Findings

/// A connection that policies must allow, as somebody declared it or a flow log showed it.
package struct WantedConnection: Sendable, Hashable {
  /// Where it begins or ends.
  package enum End: Sendable, Hashable {
    case workload(Subject)
    /// What somebody calls it; see `EndpointNames`.
    case named(String)
    /// A DNS name outside the cluster.
    case external(String)
    case apiServer
    /// The node that a pod runs on, at its address.
    case ownNode
    /// Pods that an operator makes of an object, with the labels that it gives them.
    case made(Subject, labels: [String: String])
    /// Whoever reads metrics, where the input does not hold it.
    case scraper

    package var text: String {
      switch self {
      case .workload(let workload): workload.workloadText
      case .named(let text), .external(let text): text
      case .apiServer: "the API server"
      case .ownNode: "its own node"
      case .made(let object, _): object.workloadText
      case .scraper: "a program that reads metrics"
      }
    }

    /// Whatever there is, inside and outside.
    package static let anyone = End.named("*")
    /// Any pod.
    package static let anyPod = End.named("*/*")
  }

  package let source: End
  package let destination: End
  package let transport: ConnectionSet.TransportProtocol
  package let port: UInt16

  /// - Parameters:
  ///   - source: `ns/name` of a pod or workload, an address, a block, or one of the patterns of `EndpointNames`.
  ///   - destination: the same.
  package init(source: String, destination: String, transport: ConnectionSet.TransportProtocol, port: UInt16) {
    self.init(source: .named(source), destination: .named(destination), transport: transport, port: port)
  }

  package init(source: End, destination: End, transport: ConnectionSet.TransportProtocol, port: UInt16) {
    self.source = source
    self.destination = destination
    self.transport = transport
    self.port = port
  }

  /// A line of JSON: ours (`src`, `dst`, `protocol`, `port`), a flow of Hubble, or a line of Calico's flow log.
  ///
  /// - Returns: nil for a flow that was dropped, is a reply, or has no port.
  package init?(_ node: DocumentNode) {
    if let flow = node["flow"] ?? (node["l4"] != nil ? node : nil) {
      self.init(hubble: flow)
      return
    }
    if node["dest_port"] != nil || node["source_name_aggr"] != nil || node["source_name"] != nil {
      self.init(calico: node)
      return
    }
    guard let source = node["src"]?.string, let destination = node["dst"]?.string,
      let transport = ConnectionSet.TransportProtocol(name: node["protocol"]?.string ?? "TCP"),
      let port = node["port"]?.int.flatMap({ UInt16(exactly: $0) }), port > 0
    else { return nil }
    self.init(source: source, destination: destination, transport: transport, port: port)
  }

  private init?(hubble flow: DocumentNode) {
    if let verdict = flow["verdict"]?.string, verdict != "FORWARDED" { return nil }
    if flow["is_reply"]?.bool == true { return nil }
    func end(_ key: String) -> String? {
      if let namespace = flow[path: key, "namespace"]?.string, let pod = flow[path: key, "pod_name"]?.string {
        return "\(namespace)/\(pod)"
      }
      return flow[path: "IP", key]?.string
    }
    for transport in ConnectionSet.TransportProtocol.allCases {
      guard let l4 = flow[path: "l4", transport.name] else { continue }
      guard let port = l4["destination_port"]?.int.flatMap({ UInt16(exactly: $0) }), port > 0,
        let source = end("source"),
        let destination = end("destination")
      else { return nil }
      self.init(source: source, destination: destination, transport: transport, port: port)
      return
    }
    return nil
  }

  private init?(calico node: DocumentNode) {
    if let action = node["action"]?.string, action != "allow" { return nil }
    func end(_ prefix: String) -> String? {
      let namespace = node[prefix + "_namespace"]?.string ?? "-"
      let aggregated = node[prefix + "_name_aggr"]?.string ?? "-"
      let name = node[prefix + "_name"]?.string ?? "-"
      guard namespace != "-", namespace != "" else { return node[prefix + "_ip"]?.string }
      if name != "-", !name.isEmpty { return "\(namespace)/\(name)" }
      return aggregated == "-" ? nil : "\(namespace)/\(aggregated)"
    }
    guard let source = end("source"), let destination = end("dest"),
      let transport = ConnectionSet.TransportProtocol(name: node["proto"]?.string ?? "tcp"),
      let text = node["dest_port"]?.text, let port = UInt16(text), port > 0
    else { return nil }
    self.init(source: source, destination: destination, transport: transport, port: port)
  }

  /// `src,dst,protocol,port`; nil for a heading or a line of another shape.
  package init?(csv line: some StringProtocol) {
    let cells = line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
      String(cell.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
    }
    guard cells.count == 4, let transport = ConnectionSet.TransportProtocol(name: cells[2]),
      let port = UInt16(cells[3]),
      port > 0
    else {
      return nil
    }
    self.init(source: cells[0], destination: cells[1], transport: transport, port: port)
  }
}
