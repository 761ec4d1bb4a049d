/// The condition of a rule: names of detections with `not`, `and`, `or` in this order of precedence, and `1 of`,
/// `all of` with `them` or a pattern of names.
package indirect enum SigmaCondition: Sendable, Hashable {
  case name(String)
  case not(SigmaCondition)
  case all([SigmaCondition])
  case any([SigmaCondition])
  /// `1 of` or `all of`; the pattern `them` stands for all names that do not begin with an underscore.
  case some(isAll: Bool, pattern: String)

  /// Names that stand in it.
  var names: [String] {
    switch self {
    case .name(let name): [name]
    case .not(let inner): inner.names
    case .all(let terms), .any(let terms): terms.flatMap(\.names)
    case .some: []
    }
  }

  /// Patterns of names that stand in it.
  var patterns: [String] {
    switch self {
    case .name: []
    case .not(let inner): inner.patterns
    case .all(let terms), .any(let terms): terms.flatMap(\.patterns)
    case .some(_, let pattern): [pattern]
    }
  }

  /// Whether a pattern fits any of some names.
  func finds(_ pattern: String, in names: [String]) -> Bool { names.contains { Self.fits($0, pattern) } }

  /// Why a text is no condition.
  package struct Invalid: Error, Sendable {
    package let reason: RuleError.Reason
  }

  package init(_ text: String) throws(Invalid) {
    var parser = Parser(tokens: try Self.tokens(text))
    self = try parser.disjunction(depth: 0)
    if let rest = parser.peek { throw Invalid(reason: .condition("`\(rest)` is not expected")) }
  }

  private static func tokens(_ text: String) throws(Invalid) -> [String] {
    var tokens: [String] = []
    var word = ""
    for character in text {
      switch character {
      case "(", ")":
        if !word.isEmpty { tokens.append(word) }
        word = ""
        tokens.append(String(character))
      case "|": throw Invalid(reason: .formerAggregation)
      case _ where character.isWhitespace:
        if !word.isEmpty { tokens.append(word) }
        word = ""
      default: word.append(character)
      }
    }
    if !word.isEmpty { tokens.append(word) }
    guard !tokens.isEmpty else { throw Invalid(reason: .condition("it is empty")) }
    guard tokens.count <= 4_096 else { throw Invalid(reason: .tooLarge("the condition")) }
    return tokens
  }

  private struct Parser {
    let tokens: [String]
    var place = 0

    init(tokens: [String]) { self.tokens = tokens }

    var peek: String? { place < tokens.count ? tokens[place] : nil }

    private mutating func takes(_ word: String) -> Bool {
      guard peek?.lowercased() == word else { return false }
      place += 1
      return true
    }

    mutating func disjunction(depth: Int) throws(Invalid) -> SigmaCondition {
      guard depth < 64 else { throw Invalid(reason: .tooLarge("nesting of the condition")) }
      var terms = [try conjunction(depth: depth)]
      while takes("or") { terms.append(try conjunction(depth: depth)) }
      return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func conjunction(depth: Int) throws(Invalid) -> SigmaCondition {
      var terms = [try factor(depth: depth)]
      while takes("and") { terms.append(try factor(depth: depth)) }
      return terms.count == 1 ? terms[0] : .all(terms)
    }

    private mutating func factor(depth: Int) throws(Invalid) -> SigmaCondition {
      guard depth < 64 else { throw Invalid(reason: .tooLarge("nesting of the condition")) }
      if takes("not") { return .not(try factor(depth: depth + 1)) }
      guard let word = peek else { throw Invalid(reason: .condition("it ends too early")) }
      place += 1
      if word == "(" {
        let inner = try disjunction(depth: depth + 1)
        guard takes(")") else { throw Invalid(reason: .condition("a parenthesis is not closed")) }
        return inner
      }
      guard word != ")", !["and", "or", "of"].contains(word.lowercased()) else {
        throw Invalid(reason: .condition("`\(word)` is not expected"))
      }
      guard takes("of") else { return .name(word) }
      guard let pattern = peek, pattern != "(", pattern != ")" else {
        throw Invalid(reason: .condition("`of` names nothing"))
      }
      place += 1
      switch word.lowercased() {
      case "1", "any": return .some(isAll: false, pattern: pattern)
      case "all": return .some(isAll: true, pattern: pattern)
      default: throw Invalid(reason: .condition("`\(word) of`: only `1 of` and `all of` are defined"))
      }
    }
  }

  /// The condition over the trees of the detections.
  package func tree(_ detections: [(name: String, tree: MatchTree)]) throws(Invalid) -> MatchTree {
    switch self {
    case .name(let name):
      guard let found = detections.first(where: { $0.name == name }) else { throw Invalid(reason: .undefined(name)) }
      return found.tree
    case .not(let inner): return .not(try inner.tree(detections))
    case .all(let terms):
      var trees: [MatchTree] = []
      for term in terms { trees.append(try term.tree(detections)) }
      return .all(trees)
    case .any(let terms):
      var trees: [MatchTree] = []
      for term in terms { trees.append(try term.tree(detections)) }
      return .any(trees)
    case .some(let isAll, let pattern):
      let found = detections.filter { Self.fits($0.name, pattern) }.map(\.tree)
      guard !found.isEmpty else { throw Invalid(reason: .undefined(pattern)) }
      return found.count == 1 ? found[0] : isAll ? .all(found) : .any(found)
    }
  }

  private static func fits(_ name: String, _ pattern: String) -> Bool {
    if pattern == "them" { return !name.hasPrefix("_") }
    guard pattern.contains("*") else { return name == pattern }
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    var rest = name[...]
    for (index, part) in parts.enumerated() {
      if index == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if index == parts.count - 1 {
        return rest.hasSuffix(part)
      } else if let range = rest.firstRange(of: part) {
        rest = rest[range.upperBound...]
      } else if !part.isEmpty {
        return false
      }
    }
    return true
  }
}
