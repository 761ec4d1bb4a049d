/// One thing that is wrong with the state of the cluster.
///
/// Large clusters have a hundred thousand findings, which are sorted, grouped and filtered. So a finding is a single
/// reference to immutable storage.
package struct Finding: Sendable {
  private final class Storage: Sendable {
    let check: CheckID
    let severity: Severity
    let title: String
    let message: Message
    let subject: Subject
    let location: Location
    let evidence: [Evidence]
    let remediation: String
    let references: [Reference]
    let controls: [Control]
    let fix: Fix?
    let why: String?
    let cause: String?
    let identity: String?
    let aliases: [CheckID]
    let places: [String]?
    let fingerprint: Fingerprint

    init(
      check: CheckID, severity: Severity, title: String, message: Message, subject: Subject, location: Location,
      evidence: [Evidence], remediation: String, references: [Reference], controls: [Control], fix: Fix?, why: String?,
      cause: String?, identity: String?, aliases: [CheckID], places: [String]?
    ) {
      self.places = places
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
      self.fix = fix
      self.why = why
      self.cause = cause
      self.identity = identity
      self.aliases = aliases
      fingerprint = Self.fingerprint(check, subject, identity, places ?? evidence.map(\.path))
    }

    static func fingerprint(
      _ check: CheckID, _ subject: Subject, _ identity: String?, _ paths: [String]
    ) -> Fingerprint {
      Fingerprint(
        (subject.cluster.map { [$0] } ?? [])
          + [check.rawValue, subject.group, subject.kind, subject.namespace ?? "", identity ?? subject.name]
          + paths)
    }
  }

  private let storage: Storage

  package var check: CheckID { storage.check }
  package var severity: Severity { storage.severity }
  package var title: String { storage.title }
  /// What is wrong here, in one sentence, with the names of the objects and fields concerned.
  package var message: String { storage.message.text }
  /// The values that the message names, for programs.
  package var details: [Message.Detail] { storage.message.details }
  package var subject: Subject { storage.subject }
  package var location: Location { storage.location }
  package var evidence: [Evidence] { storage.evidence }
  package var remediation: String { storage.remediation }
  package var references: [Reference] { storage.references }
  /// Controls of published frameworks that this finding violates.
  package var controls: [Control] { storage.controls }
  /// Edits that resolve the finding; nil where no edit is known.
  package var fix: Fix? { storage.fix }
  /// Why the severity differs from the check's own; nil where it does not.
  package var why: String? { storage.why }
  /// The common cause of several findings of one object, such as one grant that brings ten rights; nil where there is
  /// none.
  package var cause: String? { storage.cause }
  /// Identity over time: check, object and fields, with elements of lists by their names. File, line and place in a list
  /// do not count, since they move when nothing has changed.
  package var fingerprint: Fingerprint { storage.fingerprint }
  /// Other ids of what it tells of. An exception or a filter that names one of them means it, and so does a baseline that was made
  /// when it went by that name.
  package var aliases: [CheckID] { storage.aliases }

  /// The fingerprint that it would have under another id.
  package func fingerprint(as check: CheckID) -> Fingerprint {
    Storage.fingerprint(check, subject, storage.identity, storage.places ?? evidence.map(\.path))
  }

  /// The fingerprint that it had while elements of lists were counted; nil where it is the same.
  ///
  /// - Parameter check: the id that it went by.
  package func formerFingerprint(as check: CheckID) -> Fingerprint? {
    guard storage.places != nil else { return nil }
    let former = Storage.fingerprint(check, subject, storage.identity, evidence.map(\.path))
    return former == fingerprint(as: check) ? nil : former
  }

  /// - Parameter identity: replaces the subject's name in the fingerprint, where the name changes from run to run, as
  ///   the tag of an image does.
  /// - Parameter places: the paths of the evidence with elements of lists by name, which the fingerprint is made of; nil
  ///   for the paths as they are.
  package init(
    check: CheckID, severity: Severity, title: String, message: Message, subject: Subject, location: Location,
    evidence: [Evidence], remediation: String, references: [Reference], controls: [Control], fix: Fix? = nil,
    why: String? = nil, cause: String? = nil, identity: String? = nil, aliases: [CheckID] = [],
    places: [String]? = nil
  ) {
    storage = Storage(
      check: check, severity: severity, title: title, message: message, subject: subject, location: location,
      evidence: evidence, remediation: remediation, references: references, controls: controls, fix: fix, why: why,
      cause: cause, identity: identity, aliases: aliases, places: places)
  }

  package init(
    check: CheckID, severity: Severity, title: String, message: String, subject: Subject, location: Location,
    evidence: [Evidence], remediation: String, references: [Reference], controls: [Control], fix: Fix? = nil,
    why: String? = nil, cause: String? = nil, identity: String? = nil, aliases: [CheckID] = [],
    places: [String]? = nil
  ) {
    self.init(
      check: check, severity: severity, title: title, message: Message(message), subject: subject, location: location,
      evidence: evidence, remediation: remediation, references: references, controls: controls, fix: fix, why: why,
      cause: cause, identity: identity, aliases: aliases, places: places)
  }

  /// The same finding with another subject, severity or reason; nil keeps what it has.
  package func with(subject: Subject? = nil, severity: Severity? = nil, why: String? = nil) -> Finding {
    Finding(
      check: check, severity: severity ?? self.severity, title: title, message: storage.message,
      subject: subject ?? self.subject, location: location, evidence: evidence, remediation: remediation,
      references: references, controls: controls, fix: fix, why: why ?? self.why, cause: cause,
      identity: storage.identity, aliases: aliases, places: storage.places)
  }

  /// Worst first, then by subject, then by check: the order of every report.
  package static func isOrderedBefore(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity > b.severity }
    if a.subject != b.subject { return a.subject < b.subject }
    if a.check != b.check { return a.check.rawValue < b.check.rawValue }
    if a.location != b.location { return a.location < b.location }
    if a.message != b.message { return a.message < b.message }
    return a.evidence.map(\.path).lexicographicallyPrecedes(b.evidence.map(\.path))
  }
}

extension Finding: Equatable {
  package static func == (a: Finding, b: Finding) -> Bool {
    a.check == b.check && a.severity == b.severity && a.title == b.title && a.storage.message == b.storage.message
      && a.subject == b.subject && a.location == b.location && a.evidence == b.evidence
      && a.remediation == b.remediation && a.references == b.references && a.controls == b.controls && a.fix == b.fix
      && a.why == b.why && a.cause == b.cause && a.aliases == b.aliases
  }
}

/// The stable name of a check, such as `pss-privileged`.
package struct CheckID: Sendable, Hashable {
  package let rawValue: String
  package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A field and its value that together show why the finding is true.
package struct Evidence: Sendable, Hashable {
  /// Path from the root of the object, such as `spec.template.spec.containers[0].securityContext.privileged`.
  package let path: String
  /// The value as text; nil where the field is absent and that is the finding.
  package let value: String?
  /// From 1; 0 where the object was not read from a file.
  package let line: Int
  package let column: Int

  package init(path: String, value: String?, line: Int, column: Int) {
    self.path = path
    self.value = value
    self.line = line
    self.column = column
  }
}

/// A page to read more.
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
  /// The frameworks that checks are mapped to, with the edition that the ids of controls are from.
  package enum Framework: String, Sendable, CaseIterable {
    /// CIS Kubernetes Benchmark 1.12.
    case cis
    /// NSA/CISA Kubernetes Hardening Guide 1.2.
    case nsa
    /// MITRE ATT&CK for containers.
    case mitre
    /// Pod Security Standards.
    case pss
    /// DISA's Security Technical Implementation Guide for Kubernetes, by the ids of its vulnerabilities (`V-242390`).
    case stig

    package var title: String {
      switch self {
      case .cis: "CIS Kubernetes Benchmark"
      case .nsa: "NSA/CISA Kubernetes Hardening Guide"
      case .mitre: "MITRE ATT&CK"
      case .pss: "Pod Security Standards"
      case .stig: "DISA Kubernetes STIG"
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
