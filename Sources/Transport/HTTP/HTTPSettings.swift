/// How servers are reached, and what is believed of them.
package struct HTTPSettings: Sendable {
  /// Whose signatures on certificates of servers are believed.
  package enum Trust: Sendable {
    /// The machine's authorities, or those of `SSL_CERT_FILE`.
    case system
    /// These alone, as PEM.
    case only([UInt8])
    /// The machine's and these, as PEM.
    case systemAnd([UInt8])
  }

  package var trust = Trust.system
  /// What holds for one host and for no other that it may send us to, by its name in lower case.
  package var hosts: [String: HostSettings] = [:]
  package var timeouts = HTTPTimeouts()
  /// The proxy that a configuration names, before any of the environment.
  package var proxy: String?
  /// Variables of the environment: proxies, `SSL_CERT_FILE`.
  package var environment: @Sendable (String) -> String?
  /// Most bytes of a body that came compressed, once it is unpacked; nil: bodies are taken as they come.
  package var unpackedBytesLimit: Int?
  /// Where hosts are reached instead of where their names lead: the beginning of a URL, by host and port; for tests.
  package var routes: [String: String] = [:]

  package init(environment: @escaping @Sendable (String) -> String? = { _ in nil }) { self.environment = environment }

  /// Settings of a host, whatever the port: what a user relaxes for a server holds for its token server beside it.
  func settings(of host: String) -> HostSettings { hosts[host] ?? HostSettings() }
}

/// What holds for one host alone.
package struct HostSettings: Sendable {
  /// What is asked of a host before anything is believed of it.
  package enum Verification: Sendable {
    /// A certificate that an authority which is trusted has signed, for the name of the host.
    case full
    /// None, since the user said so; credentials are sent all the same.
    case waived
    /// None, to look at a server from outside; nothing secret is sent.
    case inspection
  }

  /// A certificate and its key, as PEM, by which this client shows who it is.
  package struct ClientCertificate: Sendable {
    package let chain: [UInt8]
    package let key: [UInt8]

    package init(chain: [UInt8], key: [UInt8]) {
      self.chain = chain
      self.key = key
    }
  }

  package enum TLSVersion: Sendable {
    case tls10
    case tls11
    case tls12
    case tls13
  }

  package var verification = Verification.full
  package var clientCertificate: ClientCertificate?
  /// The name that the certificate must bear and that the server is greeted by, where it is not that of the URL.
  package var certificateName: String?
  /// The newest version that is offered, to see whether an old one is taken; nil: no bound.
  package var newestTLS: TLSVersion?
  /// Whether credentials may go over plain HTTP, since the user said so.
  package var sendsCredentialsInClear = false

  package init() {}
}
