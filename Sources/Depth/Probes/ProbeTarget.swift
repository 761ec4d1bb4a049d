/// A server that the user named to be probed. Nothing else is ever asked.
package struct ProbeTarget: Sendable, Hashable {
  /// What the user says that it is.
  package enum Kind: String, Sendable, CaseIterable {
    case kubelet
    case etcd
    case apiServer = "api"
    case dashboard
    case metadata
    case service
    /// The account of the pod that this runs in, or the identity of a context.
    case rights

    /// Whether something is to answer there: where nothing does, it was not examined. Ports of nodes are better closed.
    package var isExpectedToAnswer: Bool {
      switch self {
      case .apiServer, .dashboard, .service, .rights: true
      case .kubelet, .etcd, .metadata: false
      }
    }
  }

  package let kind: Kind
  /// As the user spelt it.
  package let text: String
  package let isSecure: Bool
  /// In lower case, without brackets; empty for `rights`.
  package let host: String
  /// Nil where the usual ones of the kind are meant.
  package let port: Int?
  /// The path, from the slash on; empty for the root.
  package let path: String
  /// Of `rights`: the namespace that they are asked for in.
  package var namespace = "default"

  package init(
    _ kind: Kind, text: String, isSecure: Bool = true, host: String = "", port: Int? = nil, path: String = ""
  ) {
    self.kind = kind
    self.text = text
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.path = path
  }

  /// Where the agents of clouds answer. Source: their documentation of instance metadata.
  package static let metadataHost = "169.254.169.254"

  /// How targets are spelt, for messages.
  package static let spellings =
    "kubelet:HOST[:PORT], etcd:HOST[:PORT], api:URL, dashboard:URL, metadata[:HOST[:PORT]], service:URL, rights or rights:CONTEXT"
}
