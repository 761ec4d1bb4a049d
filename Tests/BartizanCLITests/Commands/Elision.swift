/// Expected text in which `…` stands for what is left out: on a line of its own for any number of lines, within a line for any
/// characters.
enum Elision {
  /// - Returns: nil when the text is as expected, or what differs first.
  static func difference(_ expected: String, _ text: String) -> String? {
    let wanted = lines(expected)
    let got = lines(text)
    // The farthest line that an attempt came to is the one to show.
    var farthest = 0
    func match(_ i: Int, _ j: Int) -> Bool {
      farthest = max(farthest, j)
      if i == wanted.count { return j == got.count }
      if wanted[i] == "…" {
        return (j...got.count).contains { match(i + 1, $0) }
      }
      return j < got.count && fits(wanted[i], got[j]) && match(i + 1, j + 1)
    }
    if match(0, 0) { return nil }
    let line = farthest < got.count ? "\"\(got[farthest])\"" : "the end"
    return "line \(farthest + 1) is not as expected: \(line)"
  }

  private static func lines(_ text: String) -> [Substring] {
    // CSV ends its lines with CR LF, which is one character.
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func fits(_ wanted: Substring, _ got: Substring) -> Bool {
    let parts = wanted.split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return wanted == got }
    guard got.hasPrefix(first) else { return false }
    var rest = got.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let place = rest.firstRange(of: part) else { return false }
      rest = rest[place.upperBound...]
    }
    return rest.hasSuffix(last)
  }
}
