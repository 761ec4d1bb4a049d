/// Finds code that recognises what happened by the words of a sentence that code wrote: a message, a reason, a title.
///
/// It looks at single lines, and knows such a sentence by the name of the value that holds it and by the words that it is
/// compared with. A single capitalised word, such as the reason in an answer of the API server, is a value of somebody's format and
/// no sentence.
enum ProseDecisions {
  /// Names of values that hold sentences.
  private static let holders: Set<String> = [
    "message", "reason", "title", "detail", "why", "cause", "technique", "remark", "description", "sentence", "summary",
    "warning", "caution", "text",
  ]
  /// What asks for words in a text: the piece between the value's name and the literal.
  private static let questions = [
    ".hasPrefix(\"", ".hasSuffix(\"", ".contains(\"", ".starts(with: \"", " == \"", " != \"",
  ]

  /// Numbers, from 1, and texts of the lines that decide on prose.
  static func lines(of source: String) -> [(number: Int, text: String)] {
    source.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      let text = line.drop { $0 == " " }
      if text.hasPrefix("//") { return nil }
      return isDecision(String(text)) ? (index + 1, String(text)) : nil
    }
  }

  private static func isDecision(_ line: String) -> Bool {
    if line.contains("String(reflecting: ") { return true }
    for question in questions {
      var rest = line[...]
      while let range = rest.firstRange(of: question) {
        let literal = rest[range.upperBound...].prefix { $0 != "\"" }
        if isSentence(literal, comparedWith: holder(before: rest[..<range.lowerBound])) { return true }
        rest = rest[range.upperBound...]
      }
    }
    // `switch problem.message { case "…"` on one line.
    if let range = line.firstRange(of: " { case \""), line.hasPrefix("switch ") {
      let literal = line[range.upperBound...].prefix { $0 != "\"" }
      return isSentence(literal, comparedWith: holder(before: line[..<range.lowerBound]))
    }
    return false
  }

  /// The name of the value that a text ends in; of `detail.text` both.
  private static func holder(before text: Substring) -> [String] {
    let path = text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "?" || $0 == "!" }
    let names = String(path.reversed()).split { !$0.isLetter && !$0.isNumber }.map(String.init)
    return Array(names.suffix(names.last == "text" ? 2 : 1))
  }

  private static func isSentence(_ literal: Substring, comparedWith names: [String]) -> Bool {
    guard names.contains(where: holders.contains) else { return false }
    let words = literal.split(separator: " ").filter { $0.allSatisfy { $0.isLetter || $0 == "'" || $0 == "," } }
    guard let first = words.first?.first else { return false }
    // Texts of any kind are compared with words; what is a message is not.
    return words.count > 1 || names.contains { $0 != "text" && holders.contains($0) } && first.isLowercase
  }
}
