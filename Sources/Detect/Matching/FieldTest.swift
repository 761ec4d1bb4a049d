package import Bytes

/// What one value of a field is compared with.
package enum FieldTest: Sendable, Hashable {
  /// How two numbers are compared.
  package enum Comparison: String, Sendable, Hashable, CaseIterable {
    case less = "lt"
    case lessOrEqual = "lte"
    case greater = "gt"
    case greaterOrEqual = "gte"
    case equal = "eq"
    case notEqual = "neq"

    package func holds(_ a: Double, _ b: Double) -> Bool {
      switch self {
      case .less: a < b
      case .lessOrEqual: a <= b
      case .greater: a > b
      case .greaterOrEqual: a >= b
      case .equal: a == b
      case .notEqual: a != b
      }
    }
  }

  /// A part of a moment, in UTC.
  package enum TimePart: String, Sendable, Hashable, CaseIterable {
    case minute, hour, day, week, month, year
  }

  /// Where in a value a text must stand.
  package enum Placement: Sendable, Hashable {
    case whole, start, end, anywhere
  }

  case pattern(TextPattern)
  /// A regular expression in RE2 syntax, anywhere in the value.
  case expression(String)
  case network(IPRange)
  case compare(Comparison, Double)
  /// The field is there, whatever its value.
  case exists
  /// The field is absent or null.
  case null
  /// The value of another field of the event.
  case field(String, Placement, isCased: Bool)
  case time(TimePart, Comparison, Double)
}

/// A condition on one event, over tests of its fields.
package indirect enum MatchTree: Sendable, Hashable {
  case constant(Bool)
  /// Any value of a field.
  case test(field: FieldNames, FieldTest)
  case not(MatchTree)
  case all([MatchTree])
  case any([MatchTree])

  package static func both(_ a: MatchTree, _ b: MatchTree) -> MatchTree { .all([a, b]) }
}

/// The names under which a field may be found, the best first; names side by side count together. Without any: the whole
/// record.
package struct FieldNames: Sendable, Hashable {
  package let groups: [[String]]

  package init(_ names: [String]) { groups = names.map { [$0] } }

  package init(groups: [[String]]) { self.groups = groups }

  package static let wholeRecord = FieldNames([])

  /// The name in the rule.
  package var name: String { groups.first?.first ?? "" }
}
