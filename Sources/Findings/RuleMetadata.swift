/// What reports, pages and exceptions know of a rule, whatever it judges: a check, an access risk, a review or an
/// advisory.
package struct RuleMetadata: Sendable {
  package let id: CheckID
  /// Ids that the rule had in earlier versions. Exceptions, baselines and filters that use one of them still mean this
  /// rule.
  package let formerIDs: [CheckID]
  /// Ids of the same rule in other tools, as `tool:id`.
  package let aliases: [String]
  /// What is wrong, in a few words, as a heading without a full stop.
  package let title: String
  /// The usual severity; a finding may raise or lower it.
  package let severity: Severity
  /// Why it matters: what an attacker does with it. Whole sentences.
  package let rationale: String
  /// What to change. Whole sentences.
  package let remediation: String
  /// Where to read more, the best first.
  package let references: [Reference]
  /// Controls of published frameworks that the rule answers to.
  package let controls: [Control]
  package let examples: [RuleExample]

  package init(
    id: CheckID, formerIDs: [CheckID] = [], aliases: [String] = [], title: String, severity: Severity,
    rationale: String, remediation: String, references: [Reference] = [], controls: [Control] = [],
    examples: [RuleExample] = []
  ) {
    self.id = id
    self.formerIDs = formerIDs
    self.aliases = aliases
    self.title = title
    self.severity = severity
    self.rationale = rationale
    self.remediation = remediation
    self.references = references
    self.controls = controls
    self.examples = examples
  }

  /// Whether the name is the rule's id, one of its former ids, or its id in another tool, with or without the tool.
  package func isKnown(as name: String) -> Bool {
    if isNamed(name) { return true }
    let asked = name.lowercased()
    return aliases.contains { alias in
      let alias = alias.lowercased()
      guard alias != asked else { return true }
      guard let colon = alias.firstIndex(of: ":") else { return false }
      let (tool, own) = (alias[..<colon], alias[alias.index(after: colon)...])
      if own == asked { return true }
      guard tool == "trivy" else { return false }
      let wanted = asked.hasPrefix("trivy:") ? asked.dropFirst(6) : asked[...]
      return Self.formerForms(ofTrivy: own).contains { $0 == wanted }
    }
  }

  /// What Trivy called a check before: `KSV-0017` was `KSV017`, and `AVD-KSV-0017` in reports.
  private static func formerForms(ofTrivy id: Substring) -> [String] {
    let parts = id.split(separator: "-")
    guard parts.count == 2, let number = Int(parts[1]) else { return [] }
    let short = String(number)
    let padded = String(repeating: "0", count: max(0, 3 - short.count)) + short
    return ["avd-\(id)", "\(parts[0])\(padded)", "\(parts[0])-\(padded)", "avd-\(parts[0])\(padded)"]
  }

  /// Whether the name is the rule's id or one of its former ids.
  package func isNamed(_ name: String) -> Bool { id.rawValue == name || formerIDs.contains { $0.rawValue == name } }
}

/// A piece of input that illustrates the rule.
package struct RuleExample: Sendable, Hashable {
  /// What the example is written in, for the code blocks of pages.
  package enum Language: String, Sendable {
    case yaml
    case json
    case dockerfile
    case shell
    case text
  }

  package let text: String
  package let language: Language
  /// Whether the example violates the rule; false for one that shows the right way.
  package let fires: Bool

  package init(_ text: String, language: Language = .yaml, fires: Bool = false) {
    self.text = text
    self.language = language
    self.fires = fires
  }
}
