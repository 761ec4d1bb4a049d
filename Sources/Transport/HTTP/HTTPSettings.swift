/// How servers are reached and verified.
package struct HTTPSettings: Sendable {
  /// The certificate authorities to trust.
  package enum Trust: Sendable {
    /// Those of the machine, or of `SSL_CERT_FILE`.
    case system
    /// Only these, in PEM.
    case only([UInt8])
    /// Those of the machine and these, in PEM.
    case systemAnd([UInt8])
  }

  package var trust = Trust.system
  /// Settings by host in lower case; they do not apply to other hosts that it redirects to.
  package var hosts: [String: HostSettings] = [:]
  package var timeouts = HTTPTimeouts()
  /// The configured proxy, which takes precedence over the environment.
  package var proxy: String?
  /// Looks up a variable: proxies, `SSL_CERT_FILE`.
  package var environment: @Sendable (String) -> String?
  /// Maximum size of a decompressed body in bytes; nil to leave bodies compressed.
  package var unpackedBytesLimit: Int?
  /// Where hosts are reached instead, for tests: a URL prefix by host and port.
  package var routes: [String: String] = [:]

  package init(environment: @escaping @Sendable (String) -> String? = { _ in nil }) { self.environment = environment }

  /// Settings of a host on any port: what a user relaxes for a registry also applies to its token server on the same
  /// host.
  func settings(of host: String) -> HostSettings { hosts[host] ?? HostSettings() }
}

/// Settings of a single host.
package struct HostSettings: Sendable {
  /// How a host is verified.
  package enum Verification: Sendable {
    /// Its certificate must be signed by a trusted authority for the name of the host.
    case full
    /// Not at all, at the user's request; credentials are sent all the same.
    case waived
    /// Not at all, to inspect a server; no secrets are sent.
    case inspection
  }

  /// The client's certificate and key, in PEM.
  package struct ClientCertificate: Sendable {
    /// The certificate and its intermediates.
    package let chain: [UInt8]
    package let key: [UInt8]

    package init(chain: [UInt8], key: [UInt8]) {
      self.chain = chain
      self.key = key
    }
  }

  /// Protocol versions, oldest first, for asking whether a server accepts an old one.
  package enum TLSVersion: Sendable {
    case tls10
    case tls11
    case tls12
    case tls13
  }

  package var verification = Verification.full
  package var clientCertificate: ClientCertificate?
  /// The only port at which the client's certificate is shown; nil for any.
  package var clientCertificatePort: Int?
  /// Authorities to trust for this host beside those of `HTTPSettings.trust`, each a file in PEM.
  package var authorities: [[UInt8]] = []
  /// The name to expect in the certificate and to send in SNI, where it is not that of the URL.
  package var certificateName: String?
  /// The newest version to offer, to test whether an old one is accepted; nil for no limit.
  package var newestTLS: TLSVersion?
  /// Whether credentials may be sent over plain HTTP, at the user's request.
  package var sendsCredentialsInClear = false

  package init() {}
}
