import Bytes

/// The patterns of a `.bartizanignore` file: the syntax of `.gitignore`.
package struct IgnoreFile: Sendable {
  package static let name = ".bartizanignore"

  private struct Rule: Sendable {
    let glob: Glob
    let negated: Bool
    let foldersOnly: Bool
  }

  private let rules: [Rule]

  package init(_ text: String) {
    // Lines may end as Windows ends them, and editors there put a mark before the first.
    rules = text.drop { $0 == "\u{FEFF}" }.split(whereSeparator: \.isNewline).compactMap { raw in
      var line = raw[...]
      // A backslash keeps a blank at the end, and what would begin a comment or a negation.
      while let last = line.last, last.isWhitespace, !line.dropLast().hasSuffix("\\") { line.removeLast() }
      guard let first = line.first, first != "#" else { return nil }
      let negated = first == "!"
      if negated { line.removeFirst() }
      line = Self.unescaped(line)
      let foldersOnly = line.hasSuffix("/")
      if foldersOnly { line.removeLast() }
      // A pattern with a slash in it is relative to the folder of the ignore file.
      let anchored = line.contains("/")
      if line.hasPrefix("/") { line.removeFirst() }
      guard !line.isEmpty else { return nil }
      return Rule(glob: Glob(anchored ? String(line) : "**/" + line), negated: negated, foldersOnly: foldersOnly)
    }
  }

  /// Without the backslashes before characters that mean something at their place only. Source: gitignore(5), "Pattern format".
  private static func unescaped(_ line: Substring) -> Substring {
    var line = line
    if line.hasPrefix("\\#") || line.hasPrefix("\\!") { line.removeFirst() }
    if line.hasSuffix("\\ ") {
      line.removeLast(2)
      line += " "
    }
    return line
  }

  /// The last pattern that matches decides.
  ///
  /// - Parameter path: relative to the folder of the ignore file.
  package func ignores(_ path: String, isFolder: Bool) -> Bool {
    var ignored = false
    for rule in rules where (!rule.foldersOnly || isFolder) && rule.glob.matches(path) { ignored = !rule.negated }
    return ignored
  }
}
