/// What an expression names, by its tokens alone: enough to know whether it can depend on a variable.
package enum ExpressionReferences {
  /// Whether more of a variable is read than one field of it.
  ///
  /// - Parameter path: of the field, from the variable on.
  package static func mentions(_ source: String, variable: String, beyond path: [String]) -> Bool {
    guard source.contains(variable) else { return false }
    let text = SourceText(source)
    let tokens = Lexer(text).tokens
    func word(_ index: Int) -> String? {
      guard tokens.indices.contains(index), tokens[index].kind == .identifier else { return nil }
      return String(String.UnicodeScalarView(text.scalars[tokens[index].start..<tokens[index].end]))
    }
    for index in tokens.indices where word(index) == variable {
      if index > 0, tokens[index - 1].kind == .dot { continue }
      let isTheField = path.indices.allSatisfy { step in
        let dot = index + 1 + 2 * step
        return tokens.indices.contains(dot) && tokens[dot].kind == .dot && word(dot + 1) == path[step]
      }
      if !isTheField { return true }
    }
    return false
  }

  /// Whether the variable is read.
  ///
  /// - Parameter field: only where this field of it, or all of it, is.
  package static func mentions(_ source: String, variable: String, field: String? = nil) -> Bool {
    // Most expressions do not even hold the letters.
    guard source.contains(variable) else { return false }
    let text = SourceText(source)
    let tokens = Lexer(text).tokens
    func word(_ index: Int) -> String? {
      guard tokens.indices.contains(index), tokens[index].kind == .identifier else { return nil }
      return String(String.UnicodeScalarView(text.scalars[tokens[index].start..<tokens[index].end]))
    }
    for index in tokens.indices where word(index) == variable {
      // A field of something else by that name.
      if index > 0, tokens[index - 1].kind == .dot { continue }
      guard let field else { return true }
      guard tokens.indices.contains(index + 1), tokens[index + 1].kind == .dot, let read = word(index + 2) else {
        return true
      }
      if read == field { return true }
    }
    return false
  }
}
