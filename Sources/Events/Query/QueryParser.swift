/// Parses the Kibana Query Language.
///
/// Source: elastic.co, "Kibana Query Language", and the grammar published by Kibana and elastic/detection-rules: `not`
/// binds tighter than `and`, and `and` tighter than `or`; an unquoted value extends over blanks to the next operator.
package struct QueryParser {
  private let text: [Character]
  private var place = 0

  private init(_ text: String) { self.text = Array(text) }

  private static let mostLevels = 100

  package static func parse(_ text: String) throws(QueryError) -> QueryNode {
    guard text.utf8.count <= 65_536 else { throw QueryError(.tooLong, column: 1) }
    var parser = QueryParser(text)
    parser.skipSpace()
    if parser.isAtEnd { return .all }
    let node = try parser.or(0, isNested: false)
    parser.skipSpace()
    if let character = parser.peek {
      throw QueryError(
        character == ")" || character == "}" ? .unopened(character) : .unexpected(String(character)),
        column: parser.place + 1)
    }
    return node
  }

  private var isAtEnd: Bool { place >= text.count }
  private var peek: Character? { place < text.count ? text[place] : nil }

  private mutating func skipSpace() {
    while let character = peek, character.isWhitespace { place += 1 }
  }

  /// A keyword that ends at a blank, a parenthesis or the end.
  private func isKeyword(_ word: String, at start: Int) -> Bool {
    guard start + word.count <= text.count else { return false }
    for (offset, character) in word.enumerated() where text[start + offset].lowercased() != String(character) {
      return false
    }
    guard start + word.count < text.count else { return true }
    let next = text[start + word.count]
    return next.isWhitespace || next == "(" || next == ")" || next == "{" || next == "}"
  }

  private mutating func take(_ word: String) -> Bool {
    let start = place
    skipSpace()
    if isKeyword(word, at: place) {
      place += word.count
      return true
    }
    place = start
    return false
  }

  private mutating func or(_ depth: Int, isNested: Bool) throws(QueryError) -> QueryNode {
    var nodes = [try and(depth, isNested: isNested)]
    while take("or") { nodes.append(try and(depth, isNested: isNested)) }
    return nodes.count == 1 ? nodes[0] : .or(nodes)
  }

  private mutating func and(_ depth: Int, isNested: Bool) throws(QueryError) -> QueryNode {
    var nodes = [try not(depth, isNested: isNested)]
    while take("and") { nodes.append(try not(depth, isNested: isNested)) }
    return nodes.count == 1 ? nodes[0] : .and(nodes)
  }

  private mutating func not(_ depth: Int, isNested: Bool) throws(QueryError) -> QueryNode {
    guard depth < Self.mostLevels else { throw QueryError(.tooDeep, column: place + 1) }
    skipSpace()
    if take("not") { return .not(try not(depth + 1, isNested: isNested)) }
    guard let character = peek, !isKeyword("and", at: place), !isKeyword("or", at: place) else {
      throw QueryError(.valueExpected, column: place + 1)
    }
    if character == "(" {
      let open = place
      place += 1
      let node = try or(depth + 1, isNested: isNested)
      skipSpace()
      guard peek == ")" else { throw closing(.unclosedParenthesis, open) }
      place += 1
      return node
    }
    return try expression(depth)
  }

  /// The error for a bracket that is not closed: where it was opened, or what stands in its way.
  private func closing(_ code: QueryError.Code, _ open: Int) -> QueryError {
    guard let character = peek else { return QueryError(code, column: open + 1) }
    return QueryError(
      character == ")" || character == "}" ? .unopened(character) : .unexpected(String(character)), column: place + 1)
  }

  private mutating func expression(_ depth: Int) throws(QueryError) -> QueryNode {
    let column = place + 1
    let (value, pieces) = try literal()
    skipSpace()
    guard let character = peek, [":", "<", ">"].contains(character) else {
      // A name and a sign of another language would be words that are looked for.
      if let foreign = ForeignSyntax(free: value) { throw QueryError(.foreign(foreign), column: column) }
      return free(value)
    }
    let name = QueryNode.Name(pieces, column: column)
    switch character {
    case ":":
      place += 1
      skipSpace()
      guard let next = peek else { throw QueryError(.valueExpected, column: place + 1) }
      if next == "(" { return try list(name, depth + 1) }
      if next == "{" {
        let open = place
        place += 1
        let node = try or(depth + 1, isNested: true)
        skipSpace()
        guard peek == "}" else { throw closing(.unclosedBrace, open) }
        place += 1
        return .nested(name, node)
      }
      return field(name, try literal().value)
    default:
      place += 1
      var sign = String(character)
      if peek == "=" {
        sign += "="
        place += 1
      }
      skipSpace()
      let start = place
      guard !isAtEnd else { throw QueryError(.valueExpected, column: place + 1) }
      let comparison = QueryNode.Comparison(rawValue: sign) ?? .less
      switch try literal().value {
      case .words(let text), .phrase(let text): return .range(name, comparison, text)
      case .wildcard: throw QueryError(.comparisonWantsOneValue, column: start + 1)
      }
    }
  }

  private func free(_ value: QueryNode.Value) -> QueryNode { value == .wildcard(["", ""]) ? .all : .free(value) }

  private func field(_ name: QueryNode.Name, _ value: QueryNode.Value) -> QueryNode {
    guard value == .wildcard(["", ""]) else { return .field(name, value) }
    return name.pieces == ["", ""] ? .all : .exists(name)
  }

  /// `field: (a or b and not "c d")`.
  private mutating func list(_ name: QueryNode.Name, _ depth: Int) throws(QueryError) -> QueryNode {
    guard depth < Self.mostLevels else { throw QueryError(.tooDeep, column: place + 1) }
    let open = place
    place += 1
    let node = try listOr(name, depth)
    skipSpace()
    guard peek == ")" else { throw closing(.unclosedParenthesis, open) }
    place += 1
    return node
  }

  private mutating func listOr(_ name: QueryNode.Name, _ depth: Int) throws(QueryError) -> QueryNode {
    var nodes = [try listAnd(name, depth)]
    while take("or") { nodes.append(try listAnd(name, depth)) }
    return nodes.count == 1 ? nodes[0] : .or(nodes)
  }

  private mutating func listAnd(_ name: QueryNode.Name, _ depth: Int) throws(QueryError) -> QueryNode {
    var nodes = [try listNot(name, depth)]
    while take("and") { nodes.append(try listNot(name, depth)) }
    return nodes.count == 1 ? nodes[0] : .and(nodes)
  }

  private mutating func listNot(_ name: QueryNode.Name, _ depth: Int) throws(QueryError) -> QueryNode {
    guard depth < Self.mostLevels else { throw QueryError(.tooDeep, column: place + 1) }
    skipSpace()
    if take("not") { return .not(try listNot(name, depth + 1)) }
    guard let character = peek else { throw QueryError(.valueExpected, column: place + 1) }
    if character == "(" { return try list(name, depth + 1) }
    return field(name, try literal().value)
  }

  /// A text in quotes, or words up to the next operator.
  ///
  /// - Returns: the value, and the same as the pieces of a name.
  private mutating func literal() throws(QueryError) -> (value: QueryNode.Value, pieces: [String]) {
    guard let first = peek else { throw QueryError(.valueExpected, column: place + 1) }
    if first == "\"" {
      let text = try quoted()
      return (.phrase(text), [text])
    }
    var pieces = [""]
    let start = place
    while let character = peek {
      if character.isWhitespace {
        var next = place
        while next < text.count, text[next].isWhitespace { next += 1 }
        if next >= text.count || isKeyword("and", at: next) || isKeyword("or", at: next) { break }
        // A name and its sign may stand apart; what follows a blank belongs to the words otherwise.
        if [":", "<", ">", ")", "}"].contains(text[next]) { break }
        if ["(", "{", "\""].contains(text[next]) { break }
        if isKeyword("not", at: next), place > start { break }
        pieces[pieces.count - 1].append(" ")
        place = next
        continue
      }
      if character == "\\" {
        guard place + 1 < text.count else { throw QueryError(.unexpected("\\"), column: place + 1) }
        place += 1
        pieces[pieces.count - 1] += escaped()
        continue
      }
      if character == "*" {
        if pieces.count == 1 || pieces[pieces.count - 1] != "" { pieces.append("") }
        place += 1
        continue
      }
      if ["(", ")", ":", "<", ">", "\"", "{", "}"].contains(character) { break }
      pieces[pieces.count - 1].append(character)
      place += 1
    }
    guard place > start else {
      let character = peek ?? " "
      if character == ")" || character == "}" { throw QueryError(.valueExpected, column: place + 1) }
      throw QueryError(.unexpected(String(character)), column: place + 1)
    }
    return (pieces.count == 1 ? .words(pieces[0]) : .wildcard(pieces), pieces)
  }

  /// After a backslash: blanks by letter, specials and keywords by themselves.
  private mutating func escaped() -> String {
    for word in ["and", "or", "not"] where isKeyword(word, at: place) {
      let spelled = String(text[place..<place + word.count])
      place += word.count
      return spelled
    }
    let character = text[place]
    place += 1
    switch character {
    case "t": return "\t"
    case "n": return "\n"
    case "r": return "\r"
    case "\\", "(", ")", ":", "<", ">", "\"", "*", "{", "}", " ": return String(character)
    // Paths of Windows are written as they are.
    default: return "\\" + String(character)
    }
  }

  private mutating func quoted() throws(QueryError) -> String {
    let open = place
    place += 1
    var value = ""
    while let character = peek {
      place += 1
      if character == "\"" { return value }
      if character == "\\", let next = peek {
        place += 1
        switch next {
        case "\"", "\\": value.append(next)
        case "t": value.append("\t")
        case "n": value.append("\n")
        case "r": value.append("\r")
        default:
          value.append("\\")
          value.append(next)
        }
        continue
      }
      value.append(character)
    }
    throw QueryError(.unclosedQuote, column: open + 1)
  }
}
