/// Lock files in TOML that list `[[package]]` tables: the plain string fields of each.
enum PackageTables {
  /// Fields of a table's own lines; those of tables below it bear their name and a dot, such as `source.registry`.
  static func read(_ bytes: [UInt8]) -> [[String: String]] {
    var tables: [[String: String]] = []
    var isPackage = false
    var section = ""
    for raw in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let line = raw.drop { $0 == " " }
      if line.hasPrefix("[[") {
        isPackage = line.hasPrefix("[[package]]")
        section = ""
        if isPackage { tables.append([:]) }
        continue
      }
      if line.hasPrefix("[") {
        // `[package.source]` belongs to the package before it.
        section = line.hasPrefix("[package.") ? String(line.dropFirst(9).prefix { $0 != "]" }) + "." : ""
        if !line.hasPrefix("[package.") { isPackage = false }
        continue
      }
      guard isPackage, !tables.isEmpty else { continue }
      let sides = line.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { continue }
      let key = section + sides[0].filter { !$0.isWhitespace && $0 != "\"" }
      let value = sides[1].drop { $0 == " " }
      if value.hasPrefix("\"") {
        tables[tables.count - 1][key] = String(value.dropFirst().prefix { $0 != "\"" })
      } else {
        // Inline tables and numbers are kept as they stand.
        tables[tables.count - 1][key] = String(value)
      }
    }
    return tables
  }
}
