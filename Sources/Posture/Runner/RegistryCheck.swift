package import Bytes
import Findings
package import Images
import PodSecurity

/// A check of a registry: by what it shows to clients, by its configuration, or by both. A new one is a file in
/// `Checks/Registry` and a line in `CheckCatalogue.registryChecks`.
package protocol RegistryCheck: Check {
  /// Judges what the registry shows to clients.
  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault]
  /// Judges the configuration of a registry that runs distribution.
  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault]
}

extension RegistryCheck {
  package func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] { [] }
  package func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] { [] }
}

/// What a registry is compared with.
package struct RegistryContext: Sendable {
  /// Digests of tags in an earlier review, by `REPOSITORY:TAG`.
  package let digests: [String: String]
  /// `YYYY-MM-DD`.
  package let today: String
}

/// The `config.yml` of a registry that runs distribution.
package struct RegistryConfiguration: Sendable {
  package let root: DocumentNode
  /// Content of the file that `auth.htpasswd` names; nil where it could not be read.
  package let passwords: [UInt8]?

  var http: DocumentNode? { root["http"] }
  /// The address that it listens on; empty for every address.
  var address: String { http?["addr"]?.string ?? "" }

  var listensOnLoopback: Bool {
    address.hasPrefix("127.") || address.hasPrefix("localhost:") || address.hasPrefix("[::1]")
  }
}

/// Something that is wrong with a registry, and where.
package struct RegistryFault: Sendable {
  package let message: String
  /// A path of its API or of its configuration, a repository, or a tag.
  package let place: String
  package let value: String?
  /// The setting concerned; nil where it is missing or the place is not a setting.
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
  /// Metadata of a registry check.
  init(registry id: String, title: String, severity: Severity, rationale: String, remediation: String) {
    self.init(
      rule: RuleMetadata(
        id: CheckID(id), title: title, severity: severity, rationale: rationale, remediation: remediation,
        references: [.containerSecurityGuide], controls: [.nsa("supply-chain")]),
      area: .registry)
  }
}
