/// One thing that is wrong with the state of the cluster.
package struct Finding: Sendable, Equatable {
  package let check: CheckID
  package let severity: Severity
  package let title: String
  /// What is wrong here, in one sentence, with the names of the things concerned.
  package let message: String
  package let subject: Subject
  package let location: Location
  package let evidence: [Evidence]
  package let remediation: String
  package let references: [Reference]
  /// Frameworks' controls that this finding touches.
  package let controls: [Control]

  package init(
    check: CheckID, severity: Severity, title: String, message: String, subject: Subject, location: Location,
    evidence: [Evidence], remediation: String, references: [Reference], controls: [Control]
  ) {
    self.check = check
    self.severity = severity
    self.title = title
    self.message = message
    self.subject = subject
    self.location = location
    self.evidence = evidence
    self.remediation = remediation
    self.references = references
    self.controls = controls
    fingerprint = Fingerprint(
      [check.rawValue, subject.group, subject.kind, subject.namespace ?? "", subject.name] + evidence.map(\.path))
  }

  /// Identity over time: check, object and what in it, but neither line nor file, which move when nothing changes.
  package let fingerprint: Fingerprint

  /// Worst first, then by subject, then by check: the order of every report.
  package static func isOrderedBefore(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity > b.severity }
    if a.subject != b.subject { return a.subject < b.subject }
    if a.check != b.check { return a.check.rawValue < b.check.rawValue }
    return a.location < b.location
  }
}

/// The stable name of a check, such as `pss-privileged`.
package struct CheckID: Sendable, Hashable {
  package let rawValue: String
  package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A field and its value that together prove a finding.
package struct Evidence: Sendable, Hashable {
  /// Path from the root of the object, such as `spec.template.spec.containers[0].securityContext.privileged`.
  package let path: String
  /// The value as text; nil where the finding is that the field is absent.
  package let value: String?
  package let line: Int
  package let column: Int

  package init(path: String, value: String?, line: Int, column: Int) {
    self.path = path
    self.value = value
    self.line = line
    self.column = column
  }
}

/// Where to read more.
package struct Reference: Sendable, Hashable {
  package let title: String
  package let url: String
  package init(_ title: String, _ url: String) {
    self.title = title
    self.url = url
  }
}

/// A control of a published framework.
package struct Control: Sendable, Hashable {
  package enum Framework: String, Sendable, CaseIterable {
    /// CIS Kubernetes Benchmark 1.12, section 5.
    case cis
    /// NSA/CISA Kubernetes Hardening Guide 1.2.
    case nsa
    /// MITRE ATT&CK for containers.
    case mitre
    /// Pod Security Standards.
    case pss

    package var title: String {
      switch self {
      case .cis: "CIS Kubernetes Benchmark"
      case .nsa: "NSA/CISA Kubernetes Hardening Guide"
      case .mitre: "MITRE ATT&CK"
      case .pss: "Pod Security Standards"
      }
    }
  }

  package let framework: Framework
  package let id: String

  package init(_ framework: Framework, _ id: String) {
    self.framework = framework
    self.id = id
  }

  package static func cis(_ id: String) -> Control { Control(.cis, id) }
  package static func nsa(_ id: String) -> Control { Control(.nsa, id) }
  package static func mitre(_ id: String) -> Control { Control(.mitre, id) }
  package static func pss(_ id: String) -> Control { Control(.pss, id) }

  package var text: String { "\(framework.rawValue):\(id)" }
}
