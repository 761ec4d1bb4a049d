/// A word of an expression.
struct Token: Sendable {
  /// In the order of the grammar of cel-go, by which error messages list what was expected.
  enum Kind: UInt8, Sendable, CaseIterable {
    case equals, notEquals, `in`, less, lessEquals, greaterEquals, greater, and, or
    case leftBracket, rightBracket, leftBrace, rightBrace, leftParen, rightParen, dot, comma, minus, exclamation,
      question
    case colon, plus, star, slash, percent, `true`, `false`, null
    case float, int, uint, string, bytes, identifier, escapedIdentifier
    case end

    /// As error messages name it.
    var display: String {
      switch self {
      case .equals: "'=='"
      case .notEquals: "'!='"
      case .in: "'in'"
      case .less: "'<'"
      case .lessEquals: "'<='"
      case .greaterEquals: "'>='"
      case .greater: "'>'"
      case .and: "'&&'"
      case .or: "'||'"
      case .leftBracket: "'['"
      case .rightBracket: "']'"
      case .leftBrace: "'{'"
      case .rightBrace: "'}'"
      case .leftParen: "'('"
      case .rightParen: "')'"
      case .dot: "'.'"
      case .comma: "','"
      case .minus: "'-'"
      case .exclamation: "'!'"
      case .question: "'?'"
      case .colon: "':'"
      case .plus: "'+'"
      case .star: "'*'"
      case .slash: "'/'"
      case .percent: "'%'"
      case .true: "'true'"
      case .false: "'false'"
      case .null: "'null'"
      case .float: "NUM_FLOAT"
      case .int: "NUM_INT"
      case .uint: "NUM_UINT"
      case .string: "STRING"
      case .bytes: "BYTES"
      case .identifier: "IDENTIFIER"
      case .escapedIdentifier: "ESC_IDENTIFIER"
      case .end: "<EOF>"
      }
    }
  }

  let kind: Kind
  /// Offset of its first code point.
  let start: Int
  /// Offset behind its last code point.
  let end: Int
}

/// Kinds of tokens that may stand at a place.
struct TokenSet: Sendable, ExpressibleByArrayLiteral {
  private var bits: UInt64 = 0

  init(arrayLiteral kinds: Token.Kind...) { for kind in kinds { bits |= 1 << UInt64(kind.rawValue) } }

  func contains(_ kind: Token.Kind) -> Bool { bits & (1 << UInt64(kind.rawValue)) != 0 }

  func union(_ other: TokenSet) -> TokenSet {
    var result = self
    result.bits |= other.bits
    return result
  }

  /// `'a'`, or `{'a', 'b'}`.
  var display: String {
    let kinds = Token.Kind.allCases.filter(contains)
    // The end stands first where it is one of several, as its number in the grammar is -1.
    let ordered = kinds.contains(.end) ? [.end] + kinds.filter { $0 != .end } : kinds
    return ordered.count == 1 ? ordered[0].display : "{" + ordered.map(\.display).joined(separator: ", ") + "}"
  }
}
