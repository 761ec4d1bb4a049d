package import Bytes

/// Whom a generated rule lets in or out.
package enum PolicyPeer: Sendable, Hashable, Comparable {
  case anyone
  /// Any pod.
  case cluster
  case namespace(String)
  case pods(namespace: String, labels: [String: String])
  /// A CIDR block.
  case block(String)
  /// A DNS name outside; for writers that can name one.
  case name(String)
  /// For writers that can name it.
  case apiServer
  /// The nodes, for writers that can name them.
  case nodes

  private var order: String {
    switch self {
    case .anyone: "0"
    case .cluster: "1"
    case .namespace(let name): "2\(name)"
    case .pods(let namespace, let labels):
      "3\(namespace)/" + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    case .block(let text): "4\(text)"
    case .name(let text): "5\(text)"
    case .apiServer: "6"
    case .nodes: "7"
    }
  }

  package static func < (a: PolicyPeer, b: PolicyPeer) -> Bool { a.order < b.order }
}

/// A port that a generated rule opens.
package struct PolicyPort: Sendable, Hashable, Comparable {
  package let transport: ConnectionSet.TransportProtocol
  package let port: UInt16

  package init(transport: ConnectionSet.TransportProtocol, port: UInt16) {
    self.transport = transport
    self.port = port
  }

  /// `TCP 443`.
  package var text: String { "\(transport.name) \(port)" }

  package static func < (a: PolicyPort, b: PolicyPort) -> Bool {
    (a.transport.rawValue, a.port) < (b.transport.rawValue, b.port)
  }
}

/// A policy before it is written in a dialect.
package struct GeneratedPolicy: Sendable {
  /// Peers and ports, any with any.
  package struct Rule: Sendable {
    /// Empty for anyone.
    package let peers: [PolicyPeer]
    package let ports: [PolicyPort]
    /// Whether names that are asked for on the ports have to be seen, so that rules may name them.
    package var watchesNames = false
  }

  package let namespace: String
  package let name: String
  /// Labels of the pods that it is for; empty for all of the namespace.
  package let labels: [String: String]
  /// Nil where it says nothing of the direction, empty where it allows nothing.
  package let ingress: [Rule]?
  package let egress: [Rule]?
}

/// A dialect that policies are written in. A new one is a file here and a line in `PolicyWriters`.
package protocol PolicyWriter: Sendable {
  static var name: String { get }
  /// Whether its rules can name DNS names, and the API server.
  static var namesHosts: Bool { get }
  static var namesAPIServer: Bool { get }
  /// Whether they can name the nodes.
  static var namesNodes: Bool { get }
  static func write(_ policy: GeneratedPolicy) -> DocumentNode
}

/// The dialects that policies can be written in; the first is the default.
package enum PolicyWriters {
  package static let all: [any PolicyWriter.Type] = [
    KubernetesPolicyWriter.self, CalicoPolicyWriter.self, CiliumPolicyWriter.self,
  ]
}

extension PolicyWriter {
  package static var namesHosts: Bool { false }
  package static var namesAPIServer: Bool { false }
  package static var namesNodes: Bool { false }

  static func object(_ fields: [(String, DocumentNode)]) -> DocumentNode {
    DocumentNode(.object(Mapping(fields.map { .init(key: $0.0, value: $0.1) })))
  }

  static func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }

  static func list(_ items: [DocumentNode]) -> DocumentNode { DocumentNode(.array(items)) }

  static func matchLabels(_ labels: [String: String]) -> DocumentNode {
    labels.isEmpty
      ? object([])
      : object([("matchLabels", object(labels.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) }))])
  }

  static func manifest(
    _ apiVersion: String, _ kind: String, _ policy: GeneratedPolicy, _ spec: [(String, DocumentNode)]
  )
    -> DocumentNode
  {
    object([
      ("apiVersion", text(apiVersion)), ("kind", text(kind)),
      ("metadata", object([("name", text(policy.name)), ("namespace", text(policy.namespace))])),
      ("spec", object(spec)),
    ])
  }

  static func types(_ policy: GeneratedPolicy) -> DocumentNode {
    list((policy.ingress == nil ? [] : [text("Ingress")]) + (policy.egress == nil ? [] : [text("Egress")]))
  }
}
