package import Transport

/// An API server, with everything that is needed to connect to it.
package struct ClusterEndpoint: Sendable {
  /// How the client authenticates besides a client certificate.
  package enum Credential: Sendable {
    case none
    case token(String)
    /// Read again from time to time, since tokens of service accounts are rotated.
    case tokenFile(String)
    case basic(user: String, password: String)
    case plugin(ExecCredentialPlugin)
  }

  /// The certificate and key that a kubeconfig presents to its server.
  package typealias ClientCertificate = HostSettings.ClientCertificate

  /// The identity to act as; see kubernetes.io, "User impersonation".
  package struct Impersonation: Sendable {
    /// Nil to act as the authenticated user.
    package var user: String?
    package var uid: String?
    package var groups: [String] = []
    package var extra: [(key: String, values: [String])] = []

    package init(user: String? = nil, groups: [String] = []) {
      self.user = user
      self.groups = groups
    }
  }

  /// The name of the context, for messages.
  package let name: String
  package var server: String
  /// The context's namespace; nil where it names none.
  package var namespace: String?
  /// PEM; nil for the authorities of the system.
  package var certificateAuthority: [UInt8]?
  package var skipsVerification = false
  /// The host name to expect in the server's certificate, if it is not that of the URL.
  package var serverName: String?
  /// The URL in `proxy-url`; nil where there is none.
  package var proxy: String?
  package var clientCertificate: ClientCertificate?
  package var credential = Credential.none
  package var impersonation = Impersonation()

  package init(name: String, server: String) {
    self.name = name
    self.server = server
  }
}
