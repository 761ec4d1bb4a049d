package import Findings

/// What a rule says about itself: the same for every language in which rules are written.
package struct RuleInfo: Sendable, Hashable {
  /// The language in which a rule is written.
  package enum Language: String, Sendable {
    case sigma
    case falco
  }

  package var language = Language.sigma
  package var id: String
  /// The name by which correlation rules refer to it.
  package var name: String?
  package var title: String
  package var description = ""
  /// `stable`, `test`, `experimental`, `deprecated` or `unsupported`; empty where the rule does not say.
  package var status = ""
  package var severity = Severity.medium
  package var author = ""
  package var date = ""
  package var modified = ""
  package var references: [String] = []
  package var falsePositives: [String] = []
  package var tags: [String] = []
  /// Fields that the rule's author wants to see with its matches.
  package var fields: [String] = []
  package var logSource = LogSource()
  /// What an alert says, with `%field%` replaced by the value of a field; empty for the title.
  package var message = ""
  package var exceptions: [RuleException] = []
  /// Whether it is a sequence of events: what it tells has happened once the last of them has.
  package var isSequence = false
  package var location: Location

  package init(id: String, title: String, location: Location) {
    self.id = id
    self.title = title
    self.location = location
  }

  /// The date of the last change; "" where there is none.
  package var version: String { modified.isEmpty ? date : modified }

  /// ATT&CK techniques (`T1609`, `T1550.001`) in the order of the rule.
  package var techniques: [String] {
    tags.compactMap { tag in
      let parts = tag.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "attack", parts[1].first?.lowercased() == "t" else { return nil }
      let digits = parts[1].dropFirst()
      guard digits.count >= 4, digits.allSatisfy({ $0.isNumber || $0 == "." }) else { return nil }
      return "T" + digits
    }
  }

  /// ATT&CK tactics by their short names (`credential-access`).
  package var tactics: [String] {
    tags.compactMap { tag in
      let parts = tag.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "attack" else { return nil }
      let name = parts[1].lowercased().map { $0 == "_" ? "-" : $0 }
      return Tactic(rawValue: String(name))?.rawValue
    }
  }
}

/// Events on which a rule keeps silent, with the reason and until when.
package struct RuleException: Sendable, Hashable {
  package let reason: String
  /// The first day on which it no longer holds, `YYYY-MM-DD`; nil for one without end.
  package let expires: String?
  /// The name of its detection in the rule.
  package let detection: String

  package init(reason: String, expires: String?, detection: String) {
    self.reason = reason
    self.expires = expires
    self.detection = detection
  }
}

/// The tactics of ATT&CK for enterprises, in the order of an attack.
package enum Tactic: String, Sendable, CaseIterable {
  case reconnaissance
  case resourceDevelopment = "resource-development"
  case initialAccess = "initial-access"
  case execution
  case persistence
  case privilegeEscalation = "privilege-escalation"
  case defenseEvasion = "defense-evasion"
  case credentialAccess = "credential-access"
  case discovery
  case lateralMovement = "lateral-movement"
  case collection
  case commandAndControl = "command-and-control"
  case exfiltration
  case impact
}
