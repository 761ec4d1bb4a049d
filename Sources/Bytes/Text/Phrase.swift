/// Counts and lists in English sentences, so that no message says "1 findings".
package enum Phrase {
  /// A number with its noun: `1 finding`, `3 findings`.
  ///
  /// - Parameter plural: the plural, where `plural(_:)` gets it wrong.
  package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(noun(number, singular, plural))"
  }

  /// The noun or verb for a number of things: `noun(2, "uses", "use")`.
  package static func noun(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    number == 1 ? singular : plural ?? Self.plural(singular)
  }

  /// The plural of a regular noun: `policies` for `policy`, `addresses` for `address`.
  package static func plural(_ singular: String) -> String {
    for ending in ["s", "x", "z", "ch", "sh"] where singular.hasSuffix(ending) { return singular + "es" }
    if singular.hasSuffix("y"), let before = singular.dropLast().last, !"aeiou".contains(before) {
      return singular.dropLast() + "ies"
    }
    return singular + "s"
  }

  /// The first items and the number of others: `a, b and 3 more`.
  ///
  /// - Parameters:
  ///   - shown: maximum number of items to name.
  ///   - separator: between items.
  package static func list(_ items: some Collection<String>, shown: Int = 4, separator: String = ", ") -> String {
    let rest = items.count - shown
    return items.prefix(shown).joined(separator: separator) + (rest > 0 ? " and \(rest) more" : "")
  }
}
