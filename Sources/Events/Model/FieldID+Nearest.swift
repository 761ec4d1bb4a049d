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

  /// Number of letters to insert, delete or replace. Source: Wagner and Fischer, "The String-to-String Correction
  /// Problem" (1974).
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let next = min(diagonal + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
        diagonal = row[j + 1]
        row[j + 1] = next
      }
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
