/// Counts and lists in English sentences, so that no message counts "1 findings".
package enum Phrase {
  /// `1 finding`, `3 findings`.
  ///
  /// - Parameter plural: where it is not made by the rule of `plural(_:)`.
  package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(noun(number, singular, plural))"
  }

  /// The noun, or the verb, for a number of things: `noun(2, "uses", "use")`.
  package static func noun(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    number == 1 ? singular : plural ?? Self.plural(singular)
  }

  /// The plural of a regular noun: `policies` of `policy`, `addresses` of `address`.
  package static func plural(_ singular: String) -> String {
    for ending in ["s", "x", "z", "ch", "sh"] where singular.hasSuffix(ending) { return singular + "es" }
    if singular.hasSuffix("y"), let before = singular.dropLast().last, !"aeiou".contains(before) {
      return singular.dropLast() + "ies"
    }
    return singular + "s"
  }

  /// The first items, and how many more there are: `a, b and 3 more`.
  ///
  /// - Parameters:
  ///   - shown: items that are named at most.
  ///   - separator: between items.
  package static func list(_ items: some Collection<String>, shown: Int = 4, separator: String = ", ") -> String {
    let rest = items.count - shown
    return items.prefix(shown).joined(separator: separator) + (rest > 0 ? " and \(rest) more" : "")
  }
}
