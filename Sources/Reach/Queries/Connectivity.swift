import Findings

/// All connections of a model: for each pair of endpoints the ports that both sides allow.
///
/// Everything is held at once; `ConnectivityStream` is for clusters of which that is too much.
package struct Connectivity: Sendable {
  /// Two ends and the ports between them; ICMP alone is no connection.
  package struct Connection: Sendable {
    package let source: ConnectionEnd
    package let destination: ConnectionEnd
    package let ports: ConnectionSet

    package init(source: ConnectionEnd, destination: ConnectionEnd, ports: ConnectionSet) {
      self.source = source
      self.destination = destination
      self.ports = ports
    }
  }

  /// What is one end inside the cluster.
  package enum Granularity: Sendable {
    case workloads
    case pods
    /// Pods that no policy tells apart.
    case classes
  }

  /// In the order of the names of their ends.
  package let connections: [Connection]

  /// - Parameters:
  ///   - onlyExternal: leaves out the pairs inside the cluster.
  ///   - keep: decides by the names of both ends; external ranges are called `ip:…`.
  package init(
    _ model: ReachModel, granularity: Granularity, onlyExternal: Bool = false,
    keep: (String, String) -> Bool = { _, _ in true }
  ) {
    var options = ConnectivityStream.Options()
    options.granularity = granularity
    options.onlyExternal = onlyExternal
    let stream = ConnectivityStream(model, options)
    var connections: [Connection] = []
    stream.visit { source, destination, ports in
      guard keep(stream.names[source], stream.names[destination]) else { return }
      connections.append(
        Connection(
          source: stream.ends[source], destination: stream.ends[destination], ports: stream.ports(ports)))
    }
    self.connections = connections
  }
}
