/// One term of a filter: a check's id, here or in another tool, or `framework:`, `namespace:`, `kind:` or `severity:` with a value.
package struct FilterTerm: Sendable, Hashable {
  /// What a term can name; the raw value is its prefix.
  package enum Dimension: String, CaseIterable, Sendable {
    case check
    case framework
    case namespace
    case kind
    case severity
  }

  package let dimension: Dimension
  package let value: String

  package init(_ dimension: Dimension, _ value: String) {
    self.dimension = dimension
    self.value = value
  }

  /// - Returns: nil where the text before the colon is not a dimension.
  package init?(_ text: String) {
    if let colon = text.firstIndex(of: ":") {
      guard let dimension = Dimension(rawValue: String(text[..<colon])) else { return nil }
      self.init(dimension, String(text[text.index(after: colon)...]))
    } else {
      self.init(.check, text)
    }
  }
}
