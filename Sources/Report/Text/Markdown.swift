/// Text in Markdown. Source: CommonMark 0.31; GitHub Flavored Markdown, "Tables".
enum Markdown {
  /// One line in which nothing of a cluster's names is Markdown or HTML.
  static func cell(_ text: String) -> String {
    Terminal.printable(text).map { character in
      switch character {
      case "|", "*", "_", "`", "[", "]", "\\", "#", "~", "!": "\\\(character)"
      case "<": "&lt;"
      case ">": "&gt;"
      case "&": "&amp;"
      default: String(character)
      }
    }.joined()
  }
}
