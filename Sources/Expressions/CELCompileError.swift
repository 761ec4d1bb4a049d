/// Why an expression is refused.
package enum CELCompileError: Error, Sendable, Equatable {
  /// It does not parse or does not check. `text` is the server's, with a line of source and a caret for each issue; the
  /// server puts "compilation failed: " before it.
  case issues([CELIssue], text: String)
  /// It checks, but a part of it that is constant fails (`int('x')`); the server says "program instantiation failed: "
  /// and calls it an internal error.
  case instantiation(CELFailure)

  /// As the server says it.
  package var serverText: String {
    switch self {
    case .issues(_, let text): "compilation failed: " + text
    case .instantiation(let failure): "program instantiation failed: " + failure.message
    }
  }
}

/// One fault of an expression.
package struct CELIssue: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case syntax
    case check
  }

  package let kind: Kind
  /// From 1; -1 where the fault has no place, as the server says it.
  package let line: Int
  /// From 1, in code points; 0 where the fault has no place.
  package let column: Int
  /// In the server's words.
  package let message: String
}

extension CELCompileError {
  /// At most this many issues are told, as cel-go does.
  private static let mostIssues = 100
  /// Longest line of source that is shown, in bytes.
  private static let longestLine = 16_384

  init(_ issues: [Parser.Issue], _ source: SourceText) {
    let placed = issues.prefix(Self.mostIssues).map { issue in
      let place = issue.offset.map { source.location($0) } ?? (line: -1, column: -1)
      return CELIssue(kind: issue.kind, line: place.line, column: place.column + 1, message: issue.message)
    }
    // Stable, as cel-go sorts them.
    let sorted = placed.enumerated()
      .sorted { ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset) }
      .map(\.element)
    var lines = sorted.map { Self.text($0, source) }
    if issues.count > Self.mostIssues { lines.append("\(issues.count - Self.mostIssues) more errors were truncated") }
    self = .issues(sorted, text: lines.joined(separator: "\n"))
  }

  private static func text(_ issue: CELIssue, _ source: SourceText) -> String {
    var result = "ERROR: <input>:\(issue.line):\(issue.column): \(issue.message)"
    guard let line = source.line(issue.line) else { return result }
    var shown = ""
    for scalar in line { shown.unicodeScalars.append(scalar == "\t" ? " " : scalar) }
    guard shown.utf8.count <= longestLine else { return result }
    result += "\n | " + shown + "\n | "
    let before = max(0, issue.column - 1)
    for scalar in line.prefix(before) { result.unicodeScalars.append(scalar.isASCII ? "." : "\u{FF0E}") }
    let pointed = line.dropFirst(before).first
    result.unicodeScalars.append(pointed.map { $0.isASCII } ?? true ? "^" : "\u{FF3E}")
    return result
  }
}
