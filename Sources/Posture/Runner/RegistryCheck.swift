package import Bytes
import Findings
package import Images
import PodSecurity

/// A check of a registry: by what it shows to a client, by its own configuration, or by both. A new one is a file in
/// `Checks/Registry` and a line in `CheckCatalogue.registryChecks`.
package protocol RegistryCheck: Check {
  /// What is wrong with what the registry shows.
  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault]
  /// What is wrong with the configuration of a distribution registry.
  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault]
}

extension RegistryCheck {
  package func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] { [] }
  package func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] { [] }
}

/// What a registry is compared with.
package struct RegistryContext: Sendable {
  /// Digests that tags had at an earlier look, by `REPOSITORY:TAG`.
  package let digests: [String: String]
  /// `YYYY-MM-DD`.
  package let today: String
}

/// The configuration of a distribution registry, its `config.yml`.
package struct RegistryConfiguration: Sendable {
  package let root: DocumentNode
  /// The file that `auth.htpasswd` names; nil where it could not be read.
  package let passwords: [UInt8]?

  var http: DocumentNode? { root["http"] }
  /// Where it listens; empty for every address.
  var address: String { http?["addr"]?.string ?? "" }

  var listensOnLoopback: Bool {
    address.hasPrefix("127.") || address.hasPrefix("localhost:") || address.hasPrefix("[::1]")
  }
}

/// Where something is wrong with a registry.
package struct RegistryFault: Sendable {
  package let message: String
  /// A path of its interface or of its configuration, a repository, or a tag.
  package let place: String
  package let value: String?
  /// The setting, where there is one.
  package let node: DocumentNode?

  init(_ message: String, at place: String, value: String? = nil) {
    self.message = message
    self.place = place
    self.value = value
    node = nil
  }

  /// - Parameter node: nil where the setting is missing.
  init(_ message: String, at place: String, _ node: DocumentNode?) {
    self.message = message
    self.place = place
    value = nil
    self.node = node
  }
}

extension CheckMetadata {
  /// Of a check of registries.
  init(registry id: String, title: String, severity: Severity, rationale: String, remediation: String) {
    self.init(
      rule: RuleMetadata(
        id: CheckID(id), title: title, severity: severity, rationale: rationale, remediation: remediation,
        references: [.containerSecurityGuide], controls: [.nsa("supply-chain")]),
      area: .registry)
  }
}
