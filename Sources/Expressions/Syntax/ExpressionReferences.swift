/// What an expression names, by its tokens alone: enough to know whether it can depend on a variable.
package enum ExpressionReferences {
  /// Whether the letters stand anywhere in the expression.
  package static func holds(_ source: String, _ letters: String) -> Bool {
    ByteSearch.first(letters, in: source) != nil
  }

  /// Whether more of a variable is read than one field of it.
  ///
  /// - Parameter path: of the field, from the variable on.
  package static func mentions(_ source: String, variable: String, beyond path: [String]) -> Bool {
    reads(of: variable, in: source).contains { !$0.starts(with: path) }
  }

  /// Whether the variable is read.
  ///
  /// - Parameter field: only where this field of it, or all of it, is.
  package static func mentions(_ source: String, variable: String, field: String? = nil) -> Bool {
    reads(of: variable, in: source).contains { read in
      guard let field, let first = read.first else { return true }
      return first == field
    }
  }

  /// The fields that follow a variable wherever it is read, from the variable on; none where all of it is taken.
  private static func reads(of variable: String, in source: String) -> [[String]] {
    // Most expressions do not even hold the letters.
    guard holds(source, variable) else { return [] }
    let text = SourceText(source)
    let tokens = Lexer(text).tokens
    func word(_ index: Int) -> String? {
      guard tokens.indices.contains(index), tokens[index].kind == .identifier else { return nil }
      return text.string(tokens[index].start..<tokens[index].end)
    }
    return tokens.indices.compactMap { index in
      // A field of something else may bear the name.
      guard word(index) == variable, index == 0 || tokens[index - 1].kind != .dot else { return nil }
      var fields: [String] = []
      var dot = index + 1
      while tokens.indices.contains(dot), tokens[dot].kind == .dot {
        // `.?name` reads the field as `.name` does.
        let place = tokens.indices.contains(dot + 1) && tokens[dot + 1].kind == .question ? dot + 2 : dot + 1
        guard let field = word(place) else { break }
        fields.append(field)
        dot = place + 1
      }
      return fields
    }
  }
}
