/// The query of a URL as HTML forms and Kubernetes clients write it (URL Standard, "application/x-www-form-urlencoded
/// parsing").
package enum FormQuery {
  /// Names and values in order, decoded as browsers do; the value of a name without `=` is empty.
  ///
  /// - Parameter query: what follows the question mark.
  package static func pairs(_ query: some StringProtocol) -> [(name: String, value: String)] {
    query.split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (decoded(sides[0]), sides.count > 1 ? decoded(sides[1]) : "")
    }
  }

  private static func decoded(_ text: some StringProtocol) -> String {
    PercentEncoding.decodeLeniently(String(text).replacing("+", with: " "))
  }
}
