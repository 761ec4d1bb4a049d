/// Names that are spelled alike.
package enum NearestName {
  /// The name that is spelled most like another, as long as a quarter of its letters differ at most; nil where none is.
  package static func of(_ name: String, in known: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8.prefix(80))
    var best: (name: String, distance: Int)?
    for candidate in known {
      let distance = distance(wanted, Array(candidate.lowercased().utf8))
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(1, wanted.count / 4) else { return nil }
    return best.name
  }

  /// Number of letters to insert, delete or replace, or of neighbours to exchange. Source: Wagner and Fischer, "The
  /// String-to-String Correction Problem" (1974); Lowrance and Wagner, "An Extension of …" (1975).
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
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

extension FieldID {
  /// The field whose name is spelled most alike; nil where none is alike.
  package static func nearest(_ name: String) -> FieldID? {
    NearestName.of(name, in: allCases.lazy.map(\.name)).flatMap { FieldID(name: $0) }
  }
}
