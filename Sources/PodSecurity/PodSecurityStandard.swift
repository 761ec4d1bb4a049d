import Bytes
package import Findings
package import Kube

/// Levels of the Pod Security Standards, most permissive first.
package enum PodSecurityLevel: Int, Sendable, CaseIterable, Comparable {
  case privileged
  case baseline
  case restricted

  package var name: String {
    switch self {
    case .privileged: "privileged"
    case .baseline: "baseline"
    case .restricted: "restricted"
    }
  }

  /// Nil for anything but `privileged`, `baseline` and `restricted` in lower case.
  package init?(name: String) {
    guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  package static func < (a: PodSecurityLevel, b: PodSecurityLevel) -> Bool { a.rawValue < b.rawValue }
}

/// A version of the standards: `v1.N` or `latest`.
package struct PodSecurityVersion: Sendable, Hashable, Comparable {
  /// N of `v1.N`; nil for `latest`.
  package let minor: Int?

  package init(minor: Int) { self.minor = minor }
  private init() { minor = nil }

  package static let latest = PodSecurityVersion()
  /// The newest release whose rules are implemented; later ones are judged by the same rules.
  package static let newestKnown = 37

  /// Accepts the same as namespace labels: `latest` and `v1.N`, without leading zeros.
  package init?(_ text: String) {
    if text == "latest" {
      self = .latest
      return
    }
    guard text.hasPrefix("v1."), let minor = Int(text.dropFirst(3)), minor >= 0, text == "v1.\(minor)" else {
      return nil
    }
    self.minor = minor
  }

  /// What `latest` is at a server: the policy version of its own release.
  ///
  /// - Parameter serverMinor: nil where no server is known.
  package func served(by serverMinor: Int?) -> PodSecurityVersion {
    guard self == .latest, let serverMinor, serverMinor < Self.newestKnown else { return self }
    return PodSecurityVersion(minor: serverMinor)
  }

  package var text: String { minor.map { "v1.\($0)" } ?? "latest" }

  var effectiveMinor: Int { min(minor ?? Self.newestKnown, Self.newestKnown) }

  package static func < (a: PodSecurityVersion, b: PodSecurityVersion) -> Bool {
    (a.minor ?? Int.max) < (b.minor ?? Int.max)
  }
}

/// What a control rejects in a pod template.
package struct PodSecurityViolation: Sendable {
  /// Name of the control in the admission controller's message.
  package let reason: String
  package let detail: String
  package let evidence: [Evidence]
  /// The smallest changes that satisfy the control.
  package let edits: [Edit]
}

/// The Pod Security Standards, as evaluated by the API server's admission controller.
///
/// Source: k8s.io/pod-security-admission, package `policy`: its controls, versions, order and messages.
package enum PodSecurityStandard {
  /// All controls in the order of the message: by level, then by id.
  package static let controls: [PodSecurityControl] = [
    .appArmorProfile, .capabilitiesBaseline, .hostNamespaces, .hostPathVolumes, .hostPorts,
    .hostProbesAndHostLifecycle, .privileged, .procMount, .seLinuxOptions, .seccompProfileBaseline, .sysctls,
    .windowsHostProcess,
    .allowPrivilegeEscalation, .capabilitiesRestricted, .procMountRestricted, .restrictedVolumes, .runAsNonRoot,
    .runAsUser, .seccompProfileRestricted,
  ]

  /// Violations of a level at a version, in the order of the message.
  package static func violations(
    _ template: PodTemplate, level: PodSecurityLevel, version: PodSecurityVersion
  ) -> [PodSecurityViolation] {
    activeControls(level: level, version: version).compactMap { $0.evaluate(template, version: version) }
  }

  /// Controls of the level and of those below it, without those that another active control overrides.
  package static func activeControls(level: PodSecurityLevel, version: PodSecurityVersion) -> [PodSecurityControl] {
    let active = controls.filter { $0.level <= level && $0.isDefined(at: version) }
    let overridden = Set(active.flatMap(\.overrides))
    return active.filter { !overridden.contains($0.id) }
  }

  /// The message of the admission controller; nil for an allowed template.
  package static func message(
    _ template: PodTemplate, level: PodSecurityLevel, version: PodSecurityVersion
  ) -> String? {
    let violations = violations(template, level: level, version: version)
    guard !violations.isEmpty else { return nil }
    let details = violations.map { $0.detail.isEmpty ? $0.reason : "\($0.reason) (\($0.detail))" }
    return "would violate PodSecurity \"\(level.name):\(version.text)\": " + details.joined(separator: ", ")
  }
}
