package import Findings

/// Why a rule was refused, and where.
package struct RuleError: Error, Sendable, Hashable {
  /// What is wrong with a rule.
  package enum Reason: Sendable, Hashable {
    /// Neither YAML nor JSON, or no rule at all.
    case unreadable(String)
    /// A member that the specification wants is absent.
    case missing(String)
    /// A member has another type or value than the specification allows.
    case wrong(String, is: String)
    case unknownModifier(String)
    /// Modifiers that the specification does not let follow each other or apply to such a value.
    case modifier(String, on: String)
    case condition(String)
    /// A condition names something that the rule does not define.
    case undefined(String)
    /// `| count()` and its like, which the specification replaced by correlation rules.
    case formerAggregation
    /// What RE2 would not accept; the specification excludes look-around and back references.
    case expression(String, pattern: String)
    /// Placeholders without values.
    case placeholder(String)
    /// A correlation or filter refers to a rule that is not loaded, or to itself.
    case unknownRule(String)
    case circular(String)
    case duplicate(String)
    /// A step of a processing pipeline says that the rule cannot be used.
    case pipeline(String)
    case tooLarge(String)
    /// The rule is about system calls, which Falco itself watches.
    case needsFalco(source: String)
    case unknownField(String)
    /// A member that nobody reads.
    case unknownKey(String, nearest: String?)
    /// A product, category or service that no event is of.
    case unknownSource(String, is: String, nearest: String?)
    /// A field that no event of the log source has.
    case unseenField(String, nearest: String?)
    case unsupported(String)
  }

  package let reason: Reason
  package let location: Location

  package init(_ reason: Reason, at location: Location) {
    self.reason = reason
    self.location = location
  }

  /// One sentence without the place.
  package var message: String {
    switch reason {
    case .unreadable(let why): why
    case .missing(let name): "`\(name)` is missing"
    case .wrong(let name, let what): "`\(name)` is \(what)"
    case .unknownModifier(let name): "there is no modifier `\(name)`"
    case .modifier(let name, let what): "modifier `\(name)` cannot be applied to \(what)"
    case .condition(let why): "the condition cannot be read: \(why)"
    case .undefined(let name): "the condition names `\(name)`, which the rule does not define"
    case .formerAggregation:
      "aggregation in a condition was replaced by correlation rules; write one with `type: event_count`"
    case .expression(let why, let pattern):
      "the regular expression `\(pattern)` goes beyond what Sigma allows: \(why)"
    case .placeholder(let name):
      "placeholder `%\(name)%` has no values; give them in a pipeline with `value_placeholders`"
    case .unknownRule(let name): "refers to rule `\(name)`, which is not loaded"
    case .circular(let name): "refers to itself by way of `\(name)`"
    case .duplicate(let name): "`\(name)` is defined twice"
    case .pipeline(let why): "a processing pipeline refuses the rule: \(why)"
    case .tooLarge(let what): "\(what) is larger than rules may be"
    case .needsFalco(let source): "needs events of source `\(source)`, which only Falco itself sees"
    case .unknownField(let name): "there is no field `\(name)`"
    case .unknownKey(let name, let nearest): "nothing reads `\(name)`" + Self.hint(nearest)
    case .unknownSource(let attribute, let name, let nearest):
      "no event is of \(attribute) `\(name)`" + Self.hint(nearest)
    case .unseenField(let name, let nearest): "no event of this log source has a field `\(name)`" + Self.hint(nearest)
    case .unsupported(let what): "\(what) is not supported"
    }
  }

  private static func hint(_ nearest: String?) -> String { nearest.map { "; is `\($0)` meant?" } ?? "" }

  package var text: String { "\(location.text): \(message)" }
}
