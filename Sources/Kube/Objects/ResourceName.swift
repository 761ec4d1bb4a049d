/// The resource of a kind, in lower case and plural, by the rule with which Kubernetes itself guesses it (apimachinery,
/// `meta.UnsafeGuessKindToResource`).
package enum ResourceName {
  /// - Parameter kind: in any case. The result is a guess for irregular words of custom resources.
  package static func plural(_ kind: String) -> String {
    let word = kind.lowercased()
    if word.hasSuffix("endpoints") { return word }
    if word.hasSuffix("s") || word.hasSuffix("ch") || word.hasSuffix("x") { return word + "es" }
    if word.hasSuffix("y"), !word.hasSuffix("ay"), !word.hasSuffix("ey") { return word.dropLast() + "ies" }
    return word + "s"
  }
}
