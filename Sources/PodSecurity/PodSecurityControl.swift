import Bytes
import Findings
package import Kube

/// One control of the Pod Security Standards, with its rule in each Kubernetes release.
package struct PodSecurityControl: Sendable {
  typealias Rule = @Sendable (PodTemplate) -> PodSecurityViolation?

  /// The id in the admission controller.
  package let id: String
  package let level: PodSecurityLevel
  /// Ids of the controls that this one replaces at its level.
  package let overrides: [String]
  /// Rules by the minor version that introduced them, ascending.
  let revisions: [(since: Int, rule: Rule)]
  /// The same control as a check of the catalogue.
  package let metadata: CheckMetadata

  init(
    id: String, level: PodSecurityLevel, overrides: [String] = [], revisions: [(since: Int, rule: Rule)],
    metadata: CheckMetadata
  ) {
    self.id = id
    self.level = level
    self.overrides = overrides
    self.revisions = revisions
    self.metadata = metadata
  }

  package func isDefined(at version: PodSecurityVersion) -> Bool { rule(at: version) != nil }

  /// Nil where the template meets the control, and where the version does not have it.
  package func evaluate(_ template: PodTemplate, version: PodSecurityVersion) -> PodSecurityViolation? {
    rule(at: version)?(template)
  }

  private func rule(at version: PodSecurityVersion) -> Rule? {
    revisions.last { $0.since <= version.effectiveMinor }?.rule
  }
}

extension PodSecurityControl {
  static let standardsPage = Reference(
    "Pod Security Standards", "https://kubernetes.io/docs/concepts/security/pod-security-standards/")

  /// The same rule, skipped for pods that declare Windows as their system.
  static func exceptWindows(_ rule: @escaping Rule) -> Rule { { $0.isWindows ? nil : rule($0) } }

  /// The same rule, skipped for pods in a user namespace of their own.
  static func exceptUserNamespaces(_ rule: @escaping Rule) -> Rule {
    { $0.spec["hostUsers"]?.bool == false ? nil : rule($0) }
  }
}

/// Words of the admission controller's messages.
enum PodSecurityText {
  static func plural(_ singular: String, _ plural: String, _ count: Int) -> String { count == 1 ? singular : plural }

  static func quoted(_ items: [String]) -> String { "\"" + items.joined(separator: "\", \"") + "\"" }

  static func containers(_ names: [String]) -> String {
    plural("container", "containers", names.count) + " " + quoted(names)
  }
}
