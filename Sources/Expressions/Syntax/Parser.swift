/// Reads an expression into its tree, by the grammar of cel-go (`parser/gen/CEL.g4`), with macros expanded.
///
/// Syntax errors carry the words of cel-go's parser, which ANTLR makes: one token too many or too few is reported and
/// reading goes on, anything else ends it.
struct Parser {
  struct Options {
    var macros: MacroTable
    /// `a.?b`, `a[?b]`, `{?a: b}`.
    var optionalSyntax: Bool
    /// Names between backquotes.
    var escapedNames: Bool
  }

  /// Ends reading; the error is already noted.
  private struct Stop: Error {}

  /// Longest expression in code points, as cel-go has it.
  static let longest = 100_000
  /// How deep rules of the grammar may nest, as cel-go has it.
  static let deepest = 250

  private let source: SourceText
  private let options: Options
  private var tokens: [Token] = []
  private var position = 0
  private var issues: [Issue] = []
  private var isRecovering = false
  private var depths = Depths()

  /// How often each recursive rule is entered at present.
  private struct Depths {
    var expression = 0
    var relation = 0
    var calculation = 0
    var member = 0
  }

  struct Issue {
    let kind: CELIssue.Kind
    /// Nil for what has no place.
    let offset: Int?
    let message: String
  }

  /// The tree, or what is wrong.
  static func parse(_ source: SourceText, _ options: Options) -> (node: Node?, issues: [Issue]) {
    guard source.scalars.count <= longest else {
      return (
        nil,
        [
          Issue(
            kind: .syntax, offset: nil,
            message:
              "expression code point size exceeds limit: size: \(source.scalars.count), limit \(longest)")
        ]
      )
    }
    var parser = Parser(source, options)
    let node = parser.start()
    return (parser.issues.isEmpty ? node : nil, parser.issues)
  }

  private init(_ source: SourceText, _ options: Options) {
    self.source = source
    self.options = options
    let lexer = Lexer(source)
    tokens = lexer.tokens
    issues = lexer.errors.prefix(100).map {
      Issue(kind: .syntax, offset: $0.offset, message: "Syntax error: " + $0.message)
    }
  }

  private mutating func start() -> Node? {
    do throws(Stop) {
      let node = try expression([.end])
      _ = try match(.end, then: [])
      if node.height > Self.deepest {
        issues.append(Issue(kind: .syntax, offset: nil, message: "max recursion depth exceeded"))
      }
      return node.node
    } catch {
      return nil
    }
  }

  // MARK: Tokens

  private var current: Token { tokens[position] }

  private func ahead(_ distance: Int) -> Token.Kind { tokens[min(position + distance, tokens.count - 1)].kind }

  private mutating func advance() -> Token {
    let token = tokens[position]
    if position < tokens.count - 1 { position += 1 }
    isRecovering = false
    return token
  }

  private func text(_ token: Token) -> String { source.string(token.start..<token.end) }

  private func shown(_ token: Token) -> String {
    token.kind == .end ? "'<EOF>'" : "'" + Lexer.escaped(source.scalars[token.start..<token.end]) + "'"
  }

  private mutating func syntaxError(_ message: String, at token: Token) {
    if !isRecovering {
      issues.append(Issue(kind: .syntax, offset: token.start, message: "Syntax error: " + message))
    }
    isRecovering = true
  }

  private mutating func fault(_ message: String, _ offset: Int) -> Node {
    issues.append(Issue(kind: .syntax, offset: offset, message: message))
    return Node(.literal(.null), offset)
  }

  /// The token that must stand here. `then`: what may follow it, by which a missing one is told from a wrong one.
  private mutating func match(_ kind: Token.Kind, then follow: TokenSet) throws(Stop) -> Token {
    if current.kind == kind { return advance() }
    if ahead(1) == kind, current.kind != .end {
      syntaxError("extraneous input \(shown(current)) expecting \(kind.display)", at: current)
      position += 1
      return advance()
    }
    if follow.contains(current.kind) {
      syntaxError("missing \(kind.display) at \(shown(current))", at: current)
      return Token(kind: kind, start: current.start, end: current.start)
    }
    syntaxError("mismatched input \(shown(current)) expecting \(kind.display)", at: current)
    throw Stop()
  }

  /// Looks whether one of several alternatives can start here, and passes over one token if the next one fits.
  private mutating func expect(_ set: TokenSet) throws(Stop) {
    if set.contains(current.kind) { return }
    if current.kind != .end, set.contains(ahead(1)) {
      syntaxError("extraneous input \(shown(current)) expecting \(set.display)", at: current)
      position += 1
      return
    }
    syntaxError("mismatched input \(shown(current)) expecting \(set.display)", at: current)
    throw Stop()
  }

  private mutating func noAlternative(from first: Int) -> Stop {
    let offending = current
    let end = offending.kind == .end ? tokens[max(first, position - 1)].end : offending.end
    let words = Lexer.escaped(source.scalars[tokens[first].start..<max(end, tokens[first].start)])
    // cel-go says it in other words where a name was wanted.
    if offending.kind == .true || offending.kind == .false || offending.kind == .null, position == first + 1 {
      syntaxError(
        "mismatched input \(shown(offending).dropFirst().dropLast().quoted) expecting IDENTIFIER", at: offending)
    } else {
      syntaxError("no viable alternative at input '\(words)'", at: offending)
    }
    return Stop()
  }

  private static let memberStart: TokenSet = [
    .leftBracket, .leftBrace, .leftParen, .dot, .minus, .true, .false, .null, .float, .int, .uint, .string, .bytes,
    .identifier,
  ]
  private static let expressionStart = memberStart.union([.exclamation])
  private static let elementStart = expressionStart.union([.question])
  private static let postfix: TokenSet = [.dot, .leftBracket]
  private static let factor: TokenSet = [.star, .slash, .percent]
  private static let term: TokenSet = [.plus, .minus]
  private static let comparison: TokenSet = [.less, .lessEquals, .greaterEquals, .greater, .equals, .notEquals, .in]
  private static let afterMember = postfix.union(factor).union(term).union(comparison).union([.and, .or])

  // MARK: Rules

  /// A node and how deep cel-go's visitor recurses for it.
  private struct Built {
    let node: Node
    let height: Int

    init(_ node: Node, _ height: Int) {
      self.node = node
      self.height = height
    }
  }

  private mutating func enter(_ depth: WritableKeyPath<Depths, Int>) throws(Stop) {
    depths[keyPath: depth] += 1
    guard depths[keyPath: depth] <= Self.deepest else {
      issues.append(Issue(kind: .syntax, offset: nil, message: "expression recursion limit exceeded: \(Self.deepest)"))
      throw Stop()
    }
  }

  /// - Parameter follow: what may stand behind the whole expression.
  private mutating func expression(_ follow: TokenSet) throws(Stop) -> Built {
    try enter(\.expression)
    let inner = follow.union([.question])
    let condition = try disjunction(inner)
    var result = condition
    if current.kind == .question {
      let mark = advance()
      let yes = try disjunction([.colon])
      _ = try match(.colon, then: Self.expressionStart)
      let no = try expression(follow)
      result = Built(
        call(Operators.conditional, mark.start, [condition.node, yes.node, no.node]),
        max(condition.height, yes.height, no.height) + 1)
    }
    depths.expression -= 1
    return result
  }

  private mutating func disjunction(_ follow: TokenSet) throws(Stop) -> Built {
    let inner = follow.union([.or])
    let first = try conjunction(inner)
    guard current.kind == .or else { return first }
    var terms = [first.node]
    var height = first.height
    let offset = current.start
    while current.kind == .or {
      _ = advance()
      let next = try conjunction(inner)
      terms.append(next.node)
      height = max(height, next.height)
    }
    return Built(call(Operators.or, offset, terms), height)
  }

  private mutating func conjunction(_ follow: TokenSet) throws(Stop) -> Built {
    let inner = follow.union([.and])
    let first = try relation(inner)
    guard current.kind == .and else { return first }
    var terms = [first.node]
    var height = first.height
    let offset = current.start
    while current.kind == .and {
      _ = advance()
      let next = try relation(inner)
      terms.append(next.node)
      height = max(height, next.height)
    }
    return Built(call(Operators.and, offset, terms), height)
  }

  private mutating func relation(_ follow: TokenSet) throws(Stop) -> Built {
    let inner = follow.union(Self.comparison)
    let outer = depths.relation
    try enter(\.relation)
    var left = try calculation(inner, level: 0)
    while let name = Operators.comparisons[current.kind] {
      try enter(\.relation)
      let mark = advance()
      try enter(\.relation)
      let right = try calculation(inner, level: 0)
      depths.relation -= 1
      left = Built(call(name, mark.start, [left.node, right.node]), max(left.height, right.height) + 1)
    }
    depths.relation = outer
    return left
  }

  private mutating func calculation(_ follow: TokenSet, level: Int) throws(Stop) -> Built {
    let inner = follow.union(Self.factor).union(Self.term)
    let outer = depths.calculation
    try enter(\.calculation)
    var left = try unary(inner)
    while true {
      if let name = Operators.factors[current.kind] {
        try enter(\.calculation)
        let mark = advance()
        try enter(\.calculation)
        let right = try unary(inner)
        depths.calculation -= 1
        left = Built(call(name, mark.start, [left.node, right.node]), max(left.height, right.height) + 1)
      } else if level == 0, let name = Operators.terms[current.kind] {
        try enter(\.calculation)
        let mark = advance()
        let right = try calculation(inner, level: 1)
        left = Built(call(name, mark.start, [left.node, right.node]), max(left.height, right.height) + 1)
      } else {
        break
      }
    }
    depths.calculation = outer
    return left
  }

  private mutating func unary(_ follow: TokenSet) throws(Stop) -> Built {
    try expect(Self.expressionStart)
    let mark = current
    switch mark.kind {
    case .exclamation:
      var count = 0
      while current.kind == .exclamation {
        _ = advance()
        count += 1
      }
      let operand = try member(follow)
      return count % 2 == 0 ? operand : Built(call(Operators.not, mark.start, [operand.node]), operand.height)
    case .minus where ahead(1) != .int && ahead(1) != .float:
      var count = 0
      while current.kind == .minus {
        _ = advance()
        count += 1
      }
      let operand = try member(follow)
      return count % 2 == 0 ? operand : Built(call(Operators.negate, mark.start, [operand.node]), operand.height)
    default: return try member(follow)
    }
  }

  private mutating func member(_ follow: TokenSet) throws(Stop) -> Built {
    let inner = follow.union(Self.postfix)
    let outer = depths.member
    try enter(\.member)
    var operand = try primary(inner)
    while true {
      switch current.kind {
      case .dot:
        try enter(\.member)
        let first = position
        let dot = advance()
        if current.kind == .question {
          _ = advance()
          operand = try select(operand, dot, isOptional: true)
        } else if current.kind == .identifier, ahead(1) == .leftParen {
          let name = text(advance())
          let open = advance()
          let arguments = try arguments(inner)
          let height = max(operand.height, arguments.map(\.height).max() ?? 0) + 1
          operand = Built(
            callOrMacro(name, open.start, target: operand.node, arguments.map(\.node)), height)
        } else if current.kind == .identifier || current.kind == .escapedIdentifier {
          operand = try select(operand, dot, isOptional: false)
        } else {
          throw noAlternative(from: first)
        }
      case .leftBracket:
        try enter(\.member)
        let open = advance()
        try expect(Self.elementStart)
        let isOptional = current.kind == .question
        if isOptional { _ = advance() }
        let index = try expression([.rightBracket])
        _ = try match(.rightBracket, then: inner)
        let height = max(operand.height, index.height) + 1
        if isOptional, !options.optionalSyntax {
          operand = Built(fault("unsupported syntax '[?'", open.start), height)
        } else {
          operand = Built(
            call(isOptional ? Operators.optionalIndex : Operators.index, open.start, [operand.node, index.node]), height
          )
        }
      default:
        depths.member = outer
        return operand
      }
    }
  }

  private mutating func select(_ operand: Built, _ dot: Token, isOptional: Bool) throws(Stop) -> Built {
    try expect([.identifier, .escapedIdentifier])
    let name = advance()
    let field = fieldName(name)
    if isOptional {
      guard options.optionalSyntax else {
        return Built(fault("unsupported syntax '.?'", dot.start), operand.height + 1)
      }
      return Built(
        call(Operators.optionalSelect, dot.start, [operand.node, Node(.literal(.string(field)), name.start)]),
        operand.height + 1)
    }
    return Built(Node(.select(operand.node, field: field, isTest: false), dot.start), operand.height + 1)
  }

  private mutating func fieldName(_ token: Token) -> String {
    guard token.kind == .escapedIdentifier else { return text(token) }
    if !options.escapedNames { _ = fault("unsupported syntax: '`'", token.start) }
    return String(text(token).dropFirst().dropLast())
  }

  /// What stands behind the opening parenthesis, with the closing one.
  private mutating func arguments(_ follow: TokenSet) throws(Stop) -> [Built] {
    try expect(Self.expressionStart.union([.rightParen]))
    var result: [Built] = []
    if current.kind != .rightParen {
      result.append(try expression([.comma, .rightParen]))
      while current.kind == .comma {
        _ = advance()
        result.append(try expression([.comma, .rightParen]))
      }
    }
    _ = try match(.rightParen, then: follow)
    return result
  }

  private mutating func primary(_ follow: TokenSet) throws(Stop) -> Built {
    try expect(Self.memberStart)
    let first = current
    switch first.kind {
    case .leftParen:
      _ = advance()
      let inner = try expression([.rightParen])
      _ = try match(.rightParen, then: follow)
      return inner
    case .leftBracket: return try list(follow)
    case .leftBrace: return try map(follow)
    case .dot, .identifier: return try name(follow)
    default: return Built(try literal(), 0)
    }
  }

  private mutating func name(_ follow: TokenSet) throws(Stop) -> Built {
    let first = position
    let leading = current.kind == .dot
    if leading {
      _ = advance()
      guard current.kind == .identifier else { throw noAlternative(from: first) }
    }
    // A message if dotted names are followed by a brace.
    var distance = 1
    while ahead(distance) == .dot, ahead(distance + 1) == .identifier { distance += 2 }
    if ahead(distance) == .leftBrace {
      var full = leading ? "." : ""
      full += text(advance())
      while current.kind == .dot {
        _ = advance()
        full += "." + text(advance())
      }
      return try message(full, follow)
    }
    let start = tokens[first].start
    let token = advance()
    let word = text(token)
    if ahead(0) == .leftParen {
      let open = advance()
      let arguments = try arguments(follow)
      let height = arguments.map(\.height).max() ?? 0
      if Self.reserved.contains(word) { return Built(fault("reserved identifier: \(word)", start), height) }
      return Built(callOrMacro((leading ? "." : "") + word, open.start, target: nil, arguments.map(\.node)), height)
    }
    if Self.reserved.contains(word) { return Built(fault("reserved identifier: \(word)", start), 0) }
    return Built(Node(.identifier((leading ? "." : "") + word), token.start), 0)
  }

  private static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
    "package", "namespace", "null", "return", "true", "var", "void", "while",
  ]

  private mutating func list(_ follow: TokenSet) throws(Stop) -> Built {
    let open = advance()
    var elements: [Node] = []
    var optionals: Set<Int> = []
    var height = 0
    try expect(Self.elementStart.union([.comma, .rightBracket]))
    while Self.elementStart.contains(current.kind) {
      if current.kind == .question {
        let mark = advance()
        if options.optionalSyntax {
          optionals.insert(elements.count)
        } else {
          _ = fault("unsupported syntax '?'", mark.start)
        }
      }
      let element = try expression([.comma, .rightBracket])
      elements.append(element.node)
      height = max(height, element.height)
      try expect([.comma, .rightBracket])
      guard current.kind == .comma, Self.elementStart.contains(ahead(1)) else { break }
      _ = advance()
    }
    if current.kind == .comma { _ = advance() }
    _ = try match(.rightBracket, then: follow)
    return Built(Node(.list(elements, optionals: optionals), open.start), height)
  }

  private mutating func map(_ follow: TokenSet) throws(Stop) -> Built {
    let open = advance()
    var entries: [Node.Entry] = []
    var height = 0
    try expect(Self.elementStart.union([.comma, .rightBrace]))
    while Self.elementStart.contains(current.kind) {
      var isOptional = false
      if current.kind == .question {
        let mark = advance()
        isOptional = true
        if !options.optionalSyntax { _ = fault("unsupported syntax '?'", mark.start) }
      }
      let key = try expression([.colon])
      _ = try match(.colon, then: Self.expressionStart)
      let value = try expression([.comma, .rightBrace])
      entries.append(Node.Entry(key: key.node, value: value.node, isOptional: isOptional))
      height = max(height, key.height, value.height)
      try expect([.comma, .rightBrace])
      guard current.kind == .comma, Self.elementStart.contains(ahead(1)) else { break }
      _ = advance()
    }
    if current.kind == .comma { _ = advance() }
    _ = try match(.rightBrace, then: follow)
    return Built(Node(.map(entries), open.start), height)
  }

  private mutating func message(_ name: String, _ follow: TokenSet) throws(Stop) -> Built {
    let open = advance()
    var fields: [Node.Field] = []
    var height = 0
    let fieldStart: TokenSet = [.question, .identifier, .escapedIdentifier]
    try expect(fieldStart.union([.comma, .rightBrace]))
    while fieldStart.contains(current.kind) {
      var isOptional = false
      if current.kind == .question {
        let mark = advance()
        isOptional = true
        if !options.optionalSyntax { _ = fault("unsupported syntax '?'", mark.start) }
      }
      try expect([.identifier, .escapedIdentifier])
      let field = fieldName(advance())
      let colon = try match(.colon, then: Self.expressionStart)
      let value = try expression([.comma, .rightBrace])
      fields.append(Node.Field(name: field, value: value.node, isOptional: isOptional, offset: colon.start))
      height = max(height, value.height)
      try expect([.comma, .rightBrace])
      guard current.kind == .comma, fieldStart.contains(ahead(1)) else { break }
      _ = advance()
    }
    if current.kind == .comma { _ = advance() }
    _ = try match(.rightBrace, then: follow)
    return Built(Node(.message(name, fields), open.start), height)
  }

  private mutating func literal() throws(Stop) -> Node {
    let first = current
    var sign = ""
    if first.kind == .minus {
      _ = advance()
      sign = "-"
      try expect([.float, .int])
    }
    let token = advance()
    let offset = first.start
    switch token.kind {
    case .int:
      guard let value = Literal.int(sign + text(token)) else { return fault("invalid int literal", offset) }
      return Node(.literal(.int(value)), offset)
    case .uint:
      guard let value = Literal.uint(text(token)) else { return fault("invalid uint literal", offset) }
      return Node(.literal(.uint(value)), offset)
    case .float:
      guard let value = Literal.double(sign + text(token)) else { return fault("invalid double literal", offset) }
      return Node(.literal(.double(value)), offset)
    case .string, .bytes:
      do throws(Literal.Invalid) {
        let bytes = try Literal.unquoted(source.scalars[token.start..<token.end], isBytes: token.kind == .bytes)
        return Node(
          .literal(token.kind == .bytes ? .bytes(bytes) : .string(String(decoding: bytes, as: UTF8.self))), offset)
      } catch {
        return fault(error.message, offset)
      }
    case .true: return Node(.literal(.bool(true)), offset)
    case .false: return Node(.literal(.bool(false)), offset)
    default: return Node(.literal(.null), offset)
    }
  }

  // MARK: Calls

  private func call(_ name: String, _ offset: Int, _ arguments: [Node]) -> Node {
    Node(.call(name, target: nil, arguments: arguments), offset)
  }

  private mutating func callOrMacro(_ name: String, _ offset: Int, target: Node?, _ arguments: [Node]) -> Node {
    if let macro = options.macros.find(name, count: arguments.count, isMember: target != nil) {
      do throws(Macro.Refusal) {
        if let expanded = try macro.expand(MacroCall(offset: offset, target: target, arguments: arguments)) {
          return expanded
        }
      } catch {
        return fault(error.message, error.offset)
      }
    }
    return Node(.call(name, target: target, arguments: arguments), offset)
  }
}

extension StringProtocol {
  fileprivate var quoted: String { "'" + self + "'" }
}
