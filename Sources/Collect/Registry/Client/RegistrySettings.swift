import Bytes
package import Findings
package import Transport

/// How registries are reached, and with which credentials.
package struct RegistrySettings: Sendable {
  /// Looks up a variable: files with credentials, proxies, cloud identities.
  package var environment: @Sendable (String) -> String?
  /// Credentials that the user gave for one registry; they take precedence over any that are found.
  package var login: Login?
  /// A file in the format of Docker's `config.json`; nil: where Docker and Podman keep theirs.
  package var credentialFile: String?
  /// Pull secrets of a cluster, in the format of Docker's `config.json`.
  package var pullSecrets: [[UInt8]] = []
  /// Whether registries are contacted without TLS.
  package var plainHTTP = false
  /// Certificates in PEM to trust besides those of the machine.
  package var certificateAuthority: [UInt8]?
  /// A certificate that the user gave for one registry.
  package var certificate: OwnCertificate?
  /// Whether certificates of registries are not verified. Those of token servers and clouds always are.
  package var skipsVerification = false
  /// Registries to ask first, such as `docker.io` with `mirror.example:5000`.
  package var mirrors: [String: [String]] = [:]
  /// What this machine says of registries; nil: it is not asked.
  package var configuration: RegistryConfiguration?
  package var timeouts = HTTPTimeouts()
  /// For requests that the server asks to repeat, or that are interrupted.
  package var retries = RetryRule(tries: 4, longestWait: .seconds(20))
  /// Addresses of cloud services by host, for tests.
  package var serviceAddresses: [String: String] = [:]

  package init(environment: @escaping @Sendable (String) -> String? = { _ in nil }) { self.environment = environment }

  /// A user and a password for one registry, never sent to another that an image may name.
  package struct Login: Sendable {
    /// With its port, as in image references. While it is nil the login is not used at all.
    package var registry: String?
    package let user: String
    package let password: String

    package init(user: String, password: String, registry: String? = nil) {
      self.user = user
      self.password = password
      self.registry = registry
    }
  }

  /// A certificate of our own for one registry, never shown to another that an image may name.
  package struct OwnCertificate: Sendable {
    /// With its port, as in image references. While it is nil the certificate is not shown at all.
    package var registry: String?
    package let certificate: HostSettings.ClientCertificate

    package init(_ certificate: HostSettings.ClientCertificate, registry: String? = nil) {
      self.certificate = certificate
      self.registry = registry
    }
  }

  /// Binds a login and a certificate without a registry to the only one that images come from.
  ///
  /// - Parameter registries: all that images come from, as in image references.
  /// - Throws: where there are several, since what is for one would be sent to all.
  package mutating func bind(to registries: some Sequence<String>) throws(BartizanError) {
    let all = Set(registries).sorted()
    func only(_ option: String, _ instead: String) throws(BartizanError) -> String? {
      guard all.count <= 1 else {
        throw BartizanError(
          .usage,
          "\(option) is for one registry, and the images come from \(all.prefix(5).joined(separator: ", ")); \(instead)"
        )
      }
      return all.first
    }
    if login != nil, login?.registry == nil {
      login?.registry = try only("--username", "--authfile has credentials for each")
    }
    if certificate != nil, certificate?.registry == nil {
      certificate?.registry = try only("--registry-certificate", "a folder of certs.d has one for each")
    }
  }

  /// Settings for every server that a registry may redirect to.
  var http: HTTPSettings {
    var settings = HTTPSettings(environment: environment)
    settings.trust = certificateAuthority.map { .systemAnd($0) } ?? .system
    settings.timeouts = timeouts
    settings.routes = serviceAddresses
    return settings
  }
}

/// The credentials for a registry.
enum RegistryLogin: Sendable, Equatable {
  case anonymous
  case basic(user: String, password: String)
  /// Exchanged for a token at the registry's token server.
  case identityToken(String)
  /// Sent to the registry as a bearer token.
  case registryToken(String)
}
