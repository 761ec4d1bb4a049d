/// The difference of two texts in the unified format, for `patch` and `git apply`.
///
/// Source: GNU diffutils manual, "Detailed Description of Unified Format".
package enum UnifiedDiff {
  private static let context = 3

  /// - Returns: empty when the texts are equal.
  package static func text(from old: String, to new: String, file: String) -> String {
    guard old != new else { return "" }
    let before = lines(old)
    let after = lines(new)
    let difference = after.difference(from: before)
    var removed = Set<Int>()
    var inserted = Set<Int>()
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    // One row per line: its sign, its text, and its numbers in both texts.
    var rows: [(sign: Character, text: Substring, old: Int, new: Int)] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      if i < before.count, removed.contains(i) {
        rows.append(("-", before[i], i, j))
        i += 1
      } else if j < after.count, inserted.contains(j) {
        rows.append(("+", after[j], i, j))
        j += 1
      } else {
        rows.append((" ", before[i], i, j))
        i += 1
        j += 1
      }
    }
    var text = "--- \(file)\n+++ \(file)\n"
    var place = 0
    while let first = rows[place...].firstIndex(where: { $0.sign != " " }) {
      let start = max(place, first - context)
      var end = first
      // A hunk continues while the next change is near.
      while let next = rows[(end + 1)...].firstIndex(where: { $0.sign != " " }), next - end <= 2 * context {
        end = next
      }
      let stop = min(rows.count, end + context + 1)
      let hunk = rows[start..<stop]
      let oldCount = hunk.count { $0.sign != "+" }
      let newCount = hunk.count { $0.sign != "-" }
      let oldStart = oldCount == 0 ? rows[start].old : rows[start].old + 1
      let newStart = newCount == 0 ? rows[start].new : rows[start].new + 1
      text += "@@ -\(range(oldStart, oldCount)) +\(range(newStart, newCount)) @@\n"
      for row in hunk {
        text += "\(row.sign)\(row.text)"
        // By bytes: a carriage return and a line feed are one character.
        if row.text.utf8.last != 0x0A { text += "\n\\ No newline at end of file\n" }
      }
      place = stop
      if place >= rows.count { break }
    }
    return text
  }

  private static func range(_ start: Int, _ count: Int) -> String { count == 1 ? "\(start)" : "\(start),\(count)" }

  /// Lines with their line feeds.
  private static func lines(_ text: String) -> [Substring] {
    var result: [Substring] = []
    var rest = text[...]
    while !rest.isEmpty {
      let end = rest.utf8.firstIndex(of: 0x0A).map { rest.utf8.index(after: $0) } ?? rest.endIndex
      result.append(rest[..<end])
      rest = rest[end...]
    }
    return result
  }
}
