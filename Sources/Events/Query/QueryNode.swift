/// A query as it was written, in the Kibana Query Language.
package indirect enum QueryNode: Sendable, Hashable {
  /// Every event.
  case all
  case and([QueryNode])
  case or([QueryNode])
  case not(QueryNode)
  /// `field: value`; the name may contain wildcards.
  case field(Name, Value)
  /// `field: *`.
  case exists(Name)
  /// `field >= value`.
  case range(Name, Comparison, String)
  /// `field: { … }`: some element of a list matches all of it.
  case nested(Name, QueryNode)
  /// A value without a field, which searches the words of the original.
  case free(Value)

  /// The operators of a range, as they are written.
  package enum Comparison: String, Sendable, Hashable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// The value of `field:`, by the kind of match.
  package enum Value: Sendable, Hashable {
    /// Unquoted words, any of which may match.
    case words(String)
    /// A quoted phrase: all words in order.
    case phrase(String)
    /// The pieces between asterisks. The first and last piece are empty where the text begins or ends with one.
    case wildcard([String])
  }

  /// The name of a field, split at its asterisks; a single piece without any.
  package struct Name: Sendable, Hashable {
    package let pieces: [String]
    /// Position in the query, in characters from 1.
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

/// Why a query is invalid.
package struct QueryError: Error, Sendable, Equatable {
  /// What is wrong with the text of a query.
  package enum Code: Sendable, Equatable {
    case unclosedQuote
    case unclosedParenthesis
    case unclosedBrace
    /// A closing parenthesis or brace without an opening one.
    case unopened(Character)
    /// `and`, `or`, `not`, a colon or a comparison without an operand.
    case valueExpected
    /// Something in the wrong place.
    case unexpected(String)
    /// A comparison with a multi-line string, a wildcard or a list.
    case comparisonWantsOneValue
    /// A value that the type of the field cannot be compared with.
    case notComparable(field: String, value: String)
    /// What other languages write so.
    case foreign(ForeignSyntax)
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
    case .foreign(let syntax): syntax.message
    case .tooDeep: "nested deeper than 100 levels"
    case .tooLong: "longer than 64 KiB"
    }
  }
}
