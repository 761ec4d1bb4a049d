import Transport

/// Where images of a registry are fetched from, where a configuration of this machine names another place.
struct RegistryPlace: Sendable, Equatable {
  /// With its port, as in image references.
  var host: String
  /// What stands in place of `/v2`.
  var root = "/v2"
  /// The front of repositories, and what stands in its place there; nil where they are the same.
  var rewriting: Rewriting?
  /// Whether its certificate need not be verified, and TLS may be missing, as the configuration says.
  var isInsecure = false
  /// Whether it is reached without TLS from the start.
  var isPlain = false
  var trust = RegistryTrust()

  struct Rewriting: Sendable, Equatable {
    let from: String
    let to: String
  }

  init(host: String) { self.host = host }

  /// The path of a request there.
  func path(_ path: String) -> String {
    guard path.hasPrefix("/v2/") else { return path }
    var rest = String(path.dropFirst(4))
    if let rewriting, rest.hasPrefix(rewriting.from) {
      rest = rewriting.to + rest.dropFirst(rewriting.from.count)
    }
    return root + "/" + rest
  }

  /// The scope of a token there.
  func scope(_ scope: String) -> String {
    let front = "repository:"
    guard let rewriting, scope.hasPrefix(front + rewriting.from) else { return scope }
    return front + rewriting.to + scope.dropFirst(front.count + rewriting.from.count)
  }
}

/// Certificates for one registry beside those of the machine.
struct RegistryTrust: Sendable, Equatable {
  /// Authorities, each a file in PEM.
  var authorities: [[UInt8]] = []
  /// The client's certificate and key, in PEM.
  var chain: [UInt8] = []
  var key: [UInt8] = []

  var isEmpty: Bool { authorities.isEmpty && chain.isEmpty }

  var clientCertificate: HostSettings.ClientCertificate? { chain.isEmpty ? nil : .init(chain: chain, key: key) }
}
