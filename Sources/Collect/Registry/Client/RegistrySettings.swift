import Bytes
import Findings
import NIOSSL

/// How registries are reached, and as whom.
package struct RegistrySettings: Sendable {
  /// Variables of the environment: files with credentials, proxies, cloud identities.
  package var environment: @Sendable (String) -> String?
  /// User and password for every registry that is asked, before anything that is found.
  package var login: (user: String, password: String)?
  /// A file like Docker's `config.json`; nil: where Docker and Podman keep theirs.
  package var credentialFile: String?
  /// Pull secrets of a cluster: documents like Docker's `config.json`.
  package var pullSecrets: [[UInt8]] = []
  /// Whether registries are spoken to without TLS.
  package var plainHTTP = false
  /// Certificates, as PEM, that are trusted instead of those of the machine.
  package var certificateAuthority: [UInt8]?
  package var clientCertificate: (chain: [UInt8], key: [UInt8])?
  package var skipsVerification = false
  /// Whether what runs on this machine may answer without TLS.
  var fallsBack = true
  /// The newest version of TLS that is offered, to see whether an old one is taken; nil: no bound.
  var newestTLS: TLSVersion?
  /// Registries to ask before the one that is named, such as `docker.io=mirror.example:5000`.
  package var mirrors: [String: [String]] = [:]
  /// Seconds without a byte after which a request has failed.
  package var readSeconds = 30
  package var connectSeconds = 10
  /// Tries of a request that the server asks to repeat, or that broke off; the first included.
  package var tries = 4
  /// Longest wait, in seconds, between two tries, whatever the server asks for.
  package var longestWait = 20
  /// Fewest bytes in a second that a layer may come with, after the first minute.
  package var slowest = 4096
  /// Where services of clouds are reached, by host; for tests.
  package var serviceAddresses: [String: String] = [:]

  /// The same URL at another address, where tests have one.
  func address(of url: String) -> String {
    for (host, address) in serviceAddresses {
      for scheme in ["https://", "http://"] where url.hasPrefix(scheme + host + "/") {
        return address + url.dropFirst(scheme.count + host.count)
      }
    }
    return url
  }

  package init(environment: @escaping @Sendable (String) -> String? = { _ in nil }) { self.environment = environment }
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
