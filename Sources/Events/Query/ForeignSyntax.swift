/// What other query languages write and the Kibana Query Language takes for words, so that it would silently find
/// something else than is meant.
package enum ForeignSyntax: Sendable, Equatable {
  /// `user.name = kim`, `user.name != kim`.
  case equation(name: String)
  /// `field: /ki.*/`.
  case expression
  /// `field: [400 TO 499]`.
  case range

  /// One sentence: what, and how it is written here.
  var message: String {
    switch self {
    case .equation(let name):
      "`=` and `!=` are words here; write `\(name): VALUE` or `not \(name): VALUE`, or put the text in quotes"
    case .expression: "there are no regular expressions here; write asterisks, as in `ki*`, or put the text in quotes"
    case .range: "a range is written `NAME >= 400 and NAME <= 499`; put the text in quotes where it is meant"
    }
  }

  /// - Parameter value: without a field.
  init?(free value: QueryNode.Value) {
    guard let text = Self.text(value) else { return nil }
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let first = words.first else { return nil }
    let end = first.firstIndex { $0 == "=" || $0 == "!" } ?? first.endIndex
    let name = String(first[..<end])
    let sign = end < first.endIndex ? first[end...] : words.dropFirst().first ?? ""
    guard sign.hasPrefix("=") || sign.hasPrefix("!="), FieldID(name: name) != nil else { return nil }
    self = .equation(name: name)
  }

  /// - Parameter value: of a field.
  init?(of value: QueryNode.Value) {
    guard let text = Self.text(value) else { return nil }
    if text.hasPrefix("["), text.contains(" TO ") {
      self = .range
      return
    }
    let signs = [".*", ".+", "\\d", "\\w", "[a-z", "[0-9", "^", "$/"]
    guard text.count > 2, text.hasPrefix("/"), text.hasSuffix("/"), signs.contains(where: text.contains) else {
      return nil
    }
    self = .expression
  }

  /// What is not in quotes; with its asterisks.
  private static func text(_ value: QueryNode.Value) -> String? {
    switch value {
    case .words(let text): text
    case .wildcard(let pieces): pieces.joined(separator: "*")
    case .phrase: nil
    }
  }
}
