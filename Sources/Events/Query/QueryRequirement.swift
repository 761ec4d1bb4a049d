/// What a block of events must hold for one of them to match: enough to pass over most blocks, never one that matters.
package indirect enum QueryRequirement: Sendable, Hashable {
  /// Nothing is known: the block must be read.
  case anything
  /// No event matches.
  case impossible
  case all([QueryRequirement])
  case any([QueryRequirement])
  /// A word of the text of an event, folded as `Tokens` fold it.
  case token([UInt8])
  /// A value of a column.
  case value(Column, [UInt8])

  /// Whether a block can hold a match.
  ///
  /// - Parameters:
  ///   - token: whether the block may hold a word; true where it does not know.
  ///   - value: whether a column of it may hold a value; true where it does not know.
  package func isPossible(token: ([UInt8]) -> Bool, value: (Column, [UInt8]) -> Bool) -> Bool {
    switch self {
    case .anything: true
    case .impossible: false
    case .all(let parts): parts.allSatisfy { $0.isPossible(token: token, value: value) }
    case .any(let parts): parts.contains { $0.isPossible(token: token, value: value) }
    case .token(let word): token(word)
    case .value(let column, let text): value(column, text)
    }
  }

  static func of(_ node: CompiledQuery.Node) -> QueryRequirement {
    switch node {
    case .all, .not, .names, .nested: return .anything
    case .none: return .impossible
    case .and(let nodes): return every(nodes.map(of))
    case .or(let nodes): return some(nodes.map(of))
    case .free(let phrase): return every(phrase.words.map { .token($0) })
    // A word of a wildcard is whole only between two separators; the text before and behind may go on.
    case .freeWildcard(let wildcard): return every(whole(wildcard.pieces))
    case .test(let reference, let test): return of(reference, test)
    }
  }

  private static func of(_ reference: FieldReference, _ test: ValueTest) -> QueryRequirement {
    guard case .equals = test.kind else { return .anything }
    switch reference.target {
    case .column(let column) where column.isText && test.type != .address:
      // Where a mapping does not give the column, the original may have the name.
      let values = [test.bytes] + test.words
      return some(values.map { some([.value(column, $0), fallback($0)]) })
    case .path:
      // A number may be spelled otherwise, a network or a day stands for many values.
      guard test.number == nil, test.network == nil, test.time == nil else { return .anything }
      return some(([test.bytes] + test.words).map(fallback))
    default: return .anything
    }
  }

  /// The words of a value that stands in the original.
  private static func fallback(_ value: [UInt8]) -> QueryRequirement {
    var words: [QueryRequirement] = []
    Tokens.each(value.span, isJSON: false) { word in
      words.append(.token(word.withUnsafeBufferPointer { Array($0) }))
      return true
    }
    return every(words)
  }

  /// Words between separators within the pieces of a wildcard.
  private static func whole(_ pieces: [[UInt8]]) -> [QueryRequirement] {
    var words: [QueryRequirement] = []
    for (index, piece) in pieces.enumerated() where !piece.isEmpty {
      var start = piece.startIndex
      while start < piece.endIndex {
        guard Tokens.isPart(piece[start]) else {
          start += 1
          continue
        }
        var end = start
        while end < piece.endIndex, Tokens.isPart(piece[end]) { end += 1 }
        let isWholeAtStart = start > 0 || index == 0
        let isWholeAtEnd = end < piece.endIndex || index == pieces.count - 1
        // Backslashes of JSON end words otherwise than those of the question.
        if isWholeAtStart, isWholeAtEnd, !piece.contains(0x5C) { words.append(.token(Array(piece[start..<end]))) }
        start = end
      }
    }
    return words
  }

  private static func every(_ parts: [QueryRequirement]) -> QueryRequirement {
    if parts.contains(.impossible) { return .impossible }
    let known = parts.filter { $0 != .anything }
    return known.isEmpty ? .anything : known.count == 1 ? known[0] : .all(known)
  }

  private static func some(_ parts: [QueryRequirement]) -> QueryRequirement {
    if parts.contains(.anything) { return .anything }
    let possible = parts.filter { $0 != .impossible }
    return possible.isEmpty ? .impossible : possible.count == 1 ? possible[0] : .any(possible)
  }
}
