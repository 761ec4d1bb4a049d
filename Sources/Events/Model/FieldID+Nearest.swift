extension FieldID {
  /// The field whose name is spelled most alike; nil where none is alike.
  package static func nearest(_ name: String) -> FieldID? {
    let wanted = Array(name.lowercased().utf8.prefix(80))
    var best: (field: FieldID, distance: Int)?
    for field in allCases {
      let distance = distance(wanted, Array(field.name.lowercased().utf8))
      if distance < best?.distance ?? .max { best = (field, distance) }
    }
    guard let best, best.distance <= max(1, wanted.count / 4) else { return nil }
    return best.field
  }

  /// Number of letters to insert, delete or replace. Source: Wagner and Fischer, "The String-to-String Correction
  /// Problem" (1974).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
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
