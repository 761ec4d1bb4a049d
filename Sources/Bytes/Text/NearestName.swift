/// Names that are spelled alike.
package enum NearestName {
  /// The name that is spelled most like another, in letters of any case, the first of several; nil where none is near.
  ///
  /// - Parameter mistakes: how many there may be; nil: one for every four letters, and at least one.
  package static func of(_ name: String, in known: some Sequence<String>, mistakes: Int? = nil) -> String? {
    let wanted = Array(name.lowercased().utf8.prefix(80))
    let limit = mistakes ?? max(1, wanted.count / 4)
    var best: (name: String, distance: Int)?
    for candidate in known {
      let letters = Array(candidate.lowercased().utf8)
      guard abs(letters.count - wanted.count) <= limit else { continue }
      let distance = distance(wanted, letters)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// How many mistakes make one name of another, in letters of any case.
  package static func distance(_ a: String, _ b: String) -> Int {
    distance(Array(a.lowercased().utf8.prefix(80)), Array(b.lowercased().utf8.prefix(80)))
  }

  /// Number of letters to insert, delete or replace, or of neighbours to exchange. Source: Wagner and Fischer, "The
  /// String-to-String Correction Problem" (1974); Lowrance and Wagner, "An Extension of …" (1975).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      next.reserveCapacity(b.count + 1)
      for j in b.indices {
        var best = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        next.append(best)
      }
      before = row
      row = next
    }
    return row[b.count]
  }
}
