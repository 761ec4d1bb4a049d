import Bytes
package import Findings
package import Transport

/// How registries are reached, and as whom.
package struct RegistrySettings: Sendable {
  /// Variables of the environment: files with credentials, proxies, cloud identities.
  package var environment: @Sendable (String) -> String?
  /// User and password that somebody gave for one registry, before anything that is found.
  package var login: Login?
  /// A file like Docker's `config.json`; nil: where Docker and Podman keep theirs.
  package var credentialFile: String?
  /// Pull secrets of a cluster: documents like Docker's `config.json`.
  package var pullSecrets: [[UInt8]] = []
  /// Whether registries are spoken to without TLS.
  package var plainHTTP = false
  /// Certificates, as PEM, that are trusted beside those of the machine.
  package var certificateAuthority: [UInt8]?
  package var clientCertificate: HostSettings.ClientCertificate?
  /// Whether certificates of registries are not verified; those of other servers are.
  package var skipsVerification = false
  /// Registries to ask before the one that is named, such as `docker.io=mirror.example:5000`.
  package var mirrors: [String: [String]] = [:]
  package var timeouts = HTTPTimeouts()
  /// Of a request that the server asks to repeat, or that broke off.
  package var retries = RetryRule(tries: 4, longestWait: .seconds(20))
  /// Where services of clouds are reached, by host; for tests.
  package var serviceAddresses: [String: String] = [:]

  package init(environment: @escaping @Sendable (String) -> String? = { _ in nil }) { self.environment = environment }

  /// A user and a password for one registry, and for no other that an image may name.
  package struct Login: Sendable {
    /// As images name it, with its port; nil until it is known which one is meant, and the login goes nowhere.
    package var registry: String?
    package let user: String
    package let password: String

    package init(user: String, password: String, registry: String? = nil) {
      self.user = user
      self.password = password
      self.registry = registry
    }
  }

  /// Says which registry a login is for that was given without one: the only one that is asked.
  ///
  /// - Parameter registries: all that images come from, as images name them.
  /// - Throws: where there are several, for a password meant for one would go to all.
  package mutating func bindLogin(to registries: some Sequence<String>) throws(BartizanError) {
    guard login != nil, login?.registry == nil else { return }
    let all = Set(registries).sorted()
    guard all.count <= 1 else {
      throw BartizanError(
        .usage,
        "--username is for one registry, and the images come from \(all.prefix(5).joined(separator: ", ")); --authfile has credentials for each"
      )
    }
    login?.registry = all.first
  }

  /// What holds for every server that a registry may send us to.
  var http: HTTPSettings {
    var settings = HTTPSettings(environment: environment)
    settings.trust = certificateAuthority.map { .systemAnd($0) } ?? .system
    settings.timeouts = timeouts
    settings.routes = serviceAddresses
    return settings
  }
}

/// Who one is for a registry.
enum RegistryLogin: Sendable, Equatable {
  case anonymous
  case basic(user: String, password: String)
  /// Changed for a token of the registry's token server.
  case identityToken(String)
  /// Shown to the registry as it is.
  case registryToken(String)
}
