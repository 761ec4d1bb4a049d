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
    rules = text.split(separator: "\n", omittingEmptySubsequences: true).compactMap { raw in
      var line = raw[...]
      while let last = line.last, last.isWhitespace { line.removeLast() }
      guard let first = line.first, first != "#" else { return nil }
      let negated = first == "!"
      if negated { line.removeFirst() }
      let foldersOnly = line.hasSuffix("/")
      if foldersOnly { line.removeLast() }
      // A pattern with a slash inside is anchored at the folder of the ignore file.
      let anchored = line.contains("/")
      if line.hasPrefix("/") { line.removeFirst() }
      guard !line.isEmpty else { return nil }
      return Rule(glob: Glob(anchored ? String(line) : "**/" + line), negated: negated, foldersOnly: foldersOnly)
    }
  }

  /// - Parameter path: relative to the folder of the ignore file. The last rule that matches decides.
  package func ignores(_ path: String, isFolder: Bool) -> Bool {
    var ignored = false
    for rule in rules where (!rule.foldersOnly || isFolder) && rule.glob.matches(path) { ignored = !rule.negated }
    return ignored
  }
}
