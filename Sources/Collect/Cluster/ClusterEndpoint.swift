package import Transport

/// An API server, and how to speak to it.
package struct ClusterEndpoint: Sendable {
  package enum Credential: Sendable {
    case none
    case token(String)
    /// Read anew now and then, since tokens of service accounts are replaced while they are in use.
    case tokenFile(String)
    case basic(user: String, password: String)
    case plugin(ExecCredentialPlugin)
  }

  package typealias ClientCertificate = HostSettings.ClientCertificate

  /// On whose behalf requests are made; see kubernetes.io, "User impersonation".
  package struct Impersonation: Sendable {
    package var user: String?
    package var uid: String?
    package var groups: [String] = []
    package var extra: [(key: String, values: [String])] = []

    package init(user: String? = nil, groups: [String] = []) {
      self.user = user
      self.groups = groups
    }
  }

  /// What the user calls it: the context.
  package let name: String
  package var server: String
  package var namespace: String?
  /// PEM; nil for the system's authorities.
  package var certificateAuthority: [UInt8]?
  package var skipsVerification = false
  /// The name that the server's certificate must bear, where it is not the one in the URL.
  package var serverName: String?
  package var proxy: String?
  package var clientCertificate: ClientCertificate?
  package var credential = Credential.none
  package var impersonation = Impersonation()

  package init(name: String, server: String) {
    self.name = name
    self.server = server
  }
}
