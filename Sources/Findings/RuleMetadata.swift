/// What there is to say of a rule, whatever it judges: a check of objects, a risk of access, a point of a review, an advisory, a
/// rule of detection. Reports, pages and exceptions know rules by it alone.
package struct RuleMetadata: Sendable {
  package let id: CheckID
  /// Names that the rule had here before. Exceptions, baselines and filters that use one of them still mean this rule.
  package let formerIDs: [CheckID]
  /// Ids of the same rule in other tools, as `tool:id`.
  package let aliases: [String]
  /// What is wrong, in a few words, as a heading; no full stop.
  package let title: String
  /// Of a finding that has no reason to weigh more or less.
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

  /// Whether a name that somebody wrote means this rule.
  package func isNamed(_ name: String) -> Bool { id.rawValue == name || formerIDs.contains { $0.rawValue == name } }
}

/// A piece of input that shows what a rule means.
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
  /// Whether the rule is broken by it; false for one that shows how it should be.
  package let fires: Bool

  package init(_ text: String, language: Language = .yaml, fires: Bool = false) {
    self.text = text
    self.language = language
    self.fires = fires
  }
}
