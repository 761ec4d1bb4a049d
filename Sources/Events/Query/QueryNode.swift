/// A question to events, as it was written: the Kibana Query Language.
package indirect enum QueryNode: Sendable, Hashable {
  /// Every event.
  case all
  case and([QueryNode])
  case or([QueryNode])
  case not(QueryNode)
  /// `field: value`; the name may hold wildcards.
  case field(Name, Value)
  /// `field: *`.
  case exists(Name)
  /// `field >= value`.
  case range(Name, Comparison, String)
  /// `field: { … }`: one element of a list for which all of it holds.
  case nested(Name, QueryNode)
  /// A value without a field: words of the original.
  case free(Value)

  package enum Comparison: String, Sendable, Hashable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  package enum Value: Sendable, Hashable {
    /// Words without quotes. Several of them: one is enough.
    case words(String)
    /// In quotes: all of it, in order.
    case phrase(String)
    /// What stands between the asterisks; the first and last piece are empty where the text begins or ends with one.
    case wildcard([String])
  }

  /// The name of a field, cut at its asterisks: one piece where it has none.
  package struct Name: Sendable, Hashable {
    package let pieces: [String]
    /// Where it stands in the text, in characters from 1.
    package let column: Int

    package init(_ pieces: [String], column: Int = 0) {
      self.pieces = pieces
      self.column = column
    }

    package var text: String { pieces.joined(separator: "*") }
    package var hasWildcard: Bool { pieces.count > 1 }

    package static func == (a: Name, b: Name) -> Bool { a.pieces == b.pieces }
    package func hash(into hasher: inout Hasher) { hasher.combine(pieces) }
  }
}

/// Why a text is no question.
package struct QueryError: Error, Sendable, Equatable {
  package enum Code: Sendable, Equatable {
    case unclosedQuote
    case unclosedParenthesis
    case unclosedBrace
    /// A parenthesis or brace that nothing opened.
    case unopened(Character)
    /// `and`, `or`, `not`, a colon or a comparison without what belongs behind it.
    case valueExpected
    /// Something that cannot stand where it does.
    case unexpected(String)
    /// A comparison with a text in quotes of several lines, a wildcard or a list.
    case comparisonWantsOneValue
    /// A value that the field's type has no order for.
    case notComparable(field: String, value: String)
    /// Parentheses or braces nested deeper than 100 levels.
    case tooDeep
    /// Longer than 64 KiB.
    case tooLong
  }

  package let code: Code
  /// In characters, from 1.
  package let column: Int

  package init(_ code: Code, column: Int) {
    self.code = code
    self.column = column
  }

  /// One sentence: what, and what to do.
  package var message: String {
    switch code {
    case .unclosedQuote: "the quote is never closed; close it, or write \\\" for a quote that is meant"
    case .unclosedParenthesis: "the parenthesis is never closed"
    case .unclosedBrace: "the brace is never closed"
    case .unopened(let character): "nothing opens this `\(character)`; write \\\(character) where it is meant"
    case .valueExpected: "something must follow here: a value, `field: value` or a parenthesis"
    case .unexpected(let text): "`\(text)` cannot stand here; put it in quotes where it is meant"
    case .comparisonWantsOneValue: "a comparison wants one value without wildcards"
    case .notComparable(let field, let value): "\(field) cannot be compared with `\(value)`"
    case .tooDeep: "nested deeper than 100 levels"
    case .tooLong: "longer than 64 KiB"
    }
  }
}
