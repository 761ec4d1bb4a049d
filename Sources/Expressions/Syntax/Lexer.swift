/// Cuts an expression into tokens by longest match, as the lexer of cel-go does: what fits no rule is reported up to the
/// code point where every rule had failed, and left out.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  private(set) var tokens: [Token] = []
  private(set) var errors: [(offset: Int, message: String)] = []

  init(_ source: SourceText) {
    scalars = source.scalars
    var position = 0
    while position < scalars.count {
      let match = longest(position)
      if let end = match.end {
        if let kind = match.kind { tokens.append(Token(kind: kind, start: position, end: end)) }
        position = end
      } else {
        let stop = min(match.failure, scalars.count - 1)
        errors.append((position, "token recognition error at: '\(Self.escaped(scalars[position...stop]))'"))
        position = stop + 1
      }
    }
    tokens.append(Token(kind: .end, start: scalars.count, end: scalars.count))
  }

  private func at(_ index: Int) -> Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  static func escaped(_ text: ArraySlice<Unicode.Scalar>) -> String {
    var result = ""
    for scalar in text {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private struct Match {
    /// Nil for space and comments.
    var kind: Token.Kind?
    /// Behind the longest match; nil if nothing matched.
    var end: Int?
    /// The code point at which the last rule failed.
    var failure: Int
  }

  private static func single(_ scalar: Unicode.Scalar) -> Token.Kind? {
    switch scalar {
    case "[": .leftBracket
    case "]": .rightBracket
    case "{": .leftBrace
    case "}": .rightBrace
    case "(": .leftParen
    case ")": .rightParen
    case ",": .comma
    case "-": .minus
    case "?": .question
    case ":": .colon
    case "+": .plus
    case "*": .star
    case "%": .percent
    default: nil
    }
  }

  private func longest(_ start: Int) -> Match {
    let first = scalars[start]
    func two(_ second: Unicode.Scalar, _ long: Token.Kind, _ short: Token.Kind?) -> Match {
      if at(start + 1) == second { return Match(kind: long, end: start + 2, failure: start + 2) }
      return Match(kind: short, end: short == nil ? nil : start + 1, failure: start + 1)
    }
    if let kind = Self.single(first) { return Match(kind: kind, end: start + 1, failure: start + 1) }
    switch first {
    case " ", "\t", "\r", "\n", "\u{0C}":
      var end = start + 1
      while let next = at(end), next == " " || next == "\t" || next == "\r" || next == "\n" || next == "\u{0C}" {
        end += 1
      }
      return Match(kind: nil, end: end, failure: end)
    case "/":
      guard at(start + 1) == "/" else { return Match(kind: .slash, end: start + 1, failure: start + 1) }
      var end = start + 2
      while let next = at(end), next != "\n" { end += 1 }
      return Match(kind: nil, end: end, failure: end)
    case "=": return two("=", .equals, nil)
    case "!": return two("=", .notEquals, .exclamation)
    case "<": return two("=", .lessEquals, .less)
    case ">": return two("=", .greaterEquals, .greater)
    case "&": return two("&", .and, nil)
    case "|": return two("|", .or, nil)
    case ".":
      guard let digit = at(start + 1), Self.isDigit(digit) else {
        return Match(kind: .dot, end: start + 1, failure: start + 1)
      }
      return number(start)
    case "0"..."9": return number(start)
    case "\"", "'": return string(start, start, raw: false, .string)
    case "`":
      var end = start + 1
      while let next = at(end), Self.isNamePart(next) || next == "." || next == "-" || next == "/" || next == " " {
        end += 1
      }
      guard end > start + 1, at(end) == "`" else { return Match(kind: nil, end: nil, failure: end) }
      return Match(kind: .escapedIdentifier, end: end + 1, failure: end + 1)
    case "a"..."z", "A"..."Z", "_":
      let prefixed = prefixedString(start)
      var end = start + 1
      while let next = at(end), Self.isNamePart(next) { end += 1 }
      if let prefixed, let prefixedEnd = prefixed.end, prefixedEnd > end { return prefixed }
      var kind = Token.Kind.identifier
      if end - start <= 5, first == "i" || first == "t" || first == "f" || first == "n" {
        var word = ""
        word.unicodeScalars.append(contentsOf: scalars[start..<end])
        switch word {
        case "in": kind = .in
        case "true": kind = .true
        case "false": kind = .false
        case "null": kind = .null
        default: break
        }
      }
      return Match(kind: kind, end: end, failure: end)
    default: return Match(kind: nil, end: nil, failure: start)
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value &- 0x30 < 10 }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value &- 0x30 < 10 || (scalar.value | 0x20) &- 0x61 < 26 || scalar == "_"
  }

  private static func isHex(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value &- 0x30 < 10 || (scalar.value | 0x20) &- 0x61 < 6
  }

  private func digits(_ start: Int) -> Int {
    var end = start
    while let next = at(end), Self.isDigit(next) { end += 1 }
    return end
  }

  private func number(_ start: Int) -> Match {
    if scalars[start] == "0", at(start + 1) == "x", let hex = at(start + 2), Self.isHex(hex) {
      var end = start + 2
      while let next = at(end), Self.isHex(next) { end += 1 }
      if let suffix = at(end), suffix == "u" || suffix == "U" {
        return Match(kind: .uint, end: end + 1, failure: end + 1)
      }
      return Match(kind: .int, end: end, failure: end)
    }
    var end = digits(start)
    var isFloat = false
    if at(end) == ".", let digit = at(end + 1), Self.isDigit(digit) {
      end = digits(end + 1)
      isFloat = true
    }
    if let mark = at(end), mark == "e" || mark == "E" {
      var exponent = end + 1
      if let sign = at(exponent), sign == "+" || sign == "-" { exponent += 1 }
      if let digit = at(exponent), Self.isDigit(digit) {
        end = digits(exponent)
        isFloat = true
      }
    }
    if isFloat { return Match(kind: .float, end: end, failure: end) }
    if let suffix = at(end), suffix == "u" || suffix == "U" {
      return Match(kind: .uint, end: end + 1, failure: end + 1)
    }
    return Match(kind: .int, end: end, failure: end)
  }

  /// A string with `r`, `b`, `br` before it.
  private func prefixedString(_ start: Int) -> Match? {
    var index = start
    var kind = Token.Kind.string
    var raw = false
    if let mark = at(index), mark == "b" || mark == "B" {
      kind = .bytes
      index += 1
    }
    if let mark = at(index), mark == "r" || mark == "R" {
      raw = true
      index += 1
    }
    guard index > start, let quote = at(index), quote == "\"" || quote == "'" else { return nil }
    return string(start, index, raw: raw, kind)
  }

  private func string(_ start: Int, _ open: Int, raw: Bool, _ kind: Token.Kind) -> Match {
    let quote = scalars[open]
    var failure = open + 1
    var found: Int?
    // On one line.
    var index = open + 1
    while true {
      guard let next = at(index), next != "\n", next != "\r" else {
        failure = max(failure, index)
        break
      }
      if next == quote {
        found = index + 1
        break
      }
      if next == "\\", !raw {
        switch escape(index) {
        case .success(let end): index = end
        case .failure(let stop):
          failure = max(failure, stop.offset)
          index = -1
        }
        if index < 0 { break }
      } else {
        index += 1
      }
    }
    // Between three quotes.
    if at(open + 1) == quote, at(open + 2) == quote {
      index = open + 3
      while true {
        guard let next = at(index) else {
          failure = max(failure, index)
          break
        }
        if next == quote, at(index + 1) == quote, at(index + 2) == quote {
          return Match(kind: kind, end: index + 3, failure: index + 3)
        }
        if next == "\\", !raw {
          switch escape(index) {
          case .success(let end): index = end
          case .failure(let stop):
            failure = max(failure, stop.offset)
            index = -1
          }
          if index < 0 { break }
        } else {
          index += 1
        }
      }
    }
    return Match(kind: found == nil ? nil : kind, end: found, failure: failure)
  }

  private struct Stop: Error { let offset: Int }

  /// Behind an escape that starts at `start`.
  private func escape(_ start: Int) -> Result<Int, Stop> {
    func hex(_ count: Int) -> Result<Int, Stop> {
      for index in 0..<count {
        guard let digit = at(start + 2 + index), Self.isHex(digit) else {
          return .failure(Stop(offset: start + 2 + index))
        }
      }
      return .success(start + 2 + count)
    }
    switch at(start + 1) {
    case "a", "b", "f", "n", "r", "t", "v", "\"", "'", "\\", "?", "`": return .success(start + 2)
    case "x", "X": return hex(2)
    case "u": return hex(4)
    case "U": return hex(8)
    case "0", "1", "2", "3":
      for index in 2...3 {
        guard let digit = at(start + index), digit.value &- 0x30 < 8 else {
          return .failure(Stop(offset: start + index))
        }
      }
      return .success(start + 4)
    default: return .failure(Stop(offset: start + 1))
    }
  }
}
