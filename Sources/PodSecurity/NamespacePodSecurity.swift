/// The Pod Security labels of a namespace, interpreted as the admission controller does.
package struct NamespacePodSecurity: Sendable {
  /// The level and version of one mode. Without a version label the version is the latest.
  package struct Setting: Sendable, Equatable {
    package let level: PodSecurityLevel
    package let version: PodSecurityVersion

    package init(level: PodSecurityLevel, version: PodSecurityVersion) {
      self.level = level
      self.version = version
    }
  }

  /// A label whose value cannot be read, and what it should be.
  package struct Invalid: Sendable {
    package let label: String
    package let message: String
  }

  package static let prefix = "pod-security.kubernetes.io/"

  /// Nil where the namespace has no such label.
  package private(set) var enforce: Setting?
  /// Nil where the namespace has no such label, as for `warn`.
  package private(set) var audit: Setting?
  package private(set) var warn: Setting?
  package private(set) var invalid: [Invalid] = []

  package init(_ labels: [String: String]) {
    enforce = setting("enforce", labels)
    audit = setting("audit", labels)
    warn = setting("warn", labels)
  }

  private mutating func setting(_ mode: String, _ labels: [String: String]) -> Setting? {
    let versionLabel = Self.prefix + mode + "-version"
    var version = PodSecurityVersion.latest
    if let text = labels[versionLabel] {
      if let parsed = PodSecurityVersion(text) {
        version = parsed
      } else {
        invalid.append(
          Invalid(label: versionLabel, message: "\"\(text)\" is no version; it wants \"latest\" or \"v1.N\""))
      }
    }
    guard let text = labels[Self.prefix + mode] else { return nil }
    if let level = PodSecurityLevel(name: text) { return Setting(level: level, version: version) }
    invalid.append(
      Invalid(
        label: Self.prefix + mode, message: "\"\(text)\" is no level; it wants privileged, baseline or restricted"))
    // For an unknown level, the controller enforces the strictest, and audits and warns about nothing.
    return Setting(level: mode == "enforce" ? .restricted : .privileged, version: .latest)
  }
}
