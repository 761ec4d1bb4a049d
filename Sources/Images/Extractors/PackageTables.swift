/// Lock files in TOML that list tables of packages, `[[package]]` most: the plain string fields of each.
struct PackageTables {
  /// Fields of a table's own lines; those of tables below it bear their name and a dot, such as `source.registry`.
  private(set) var tables: [[String: String]] = []
  /// In which line each of them begins, from 1.
  private(set) var lines: [Int] = []
  /// Whether it says, as such files do, of which version they are; empty ones hold nothing else.
  private(set) var hasHead = false
  /// Whether there is a list of another name, which may be of packages.
  private(set) var hasOtherList = false
  /// The version of its format, as it stands; nil where it tells none.
  private(set) var format: String?
  /// What does not fit together, with the line, from 1.
  private(set) var broken: (reason: String, line: Int)?

  /// - Parameter table: the name of the list.
  init(_ bytes: [UInt8], table: String = "package") {
    var isPackage = false
    var isInList = false
    var isTop = true
    var section = ""
    var number = 0
    for raw in String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    {
      number += 1
      let line = raw.drop { $0 == " " || $0 == "\t" }
      if isInList {
        if line.hasPrefix("]") { isInList = false }
        continue
      }
      if line.hasPrefix("[") { isTop = false }
      if line.hasPrefix("[[") {
        guard line.contains("]]") else {
          breaks("a table without an end", number)
          continue
        }
        let list = TOMLLines.unquoted(line.dropFirst(2).prefix { $0 != "]" })
        isPackage = list == table
        // Lists of hashes are of Poetry's first versions.
        if !isPackage, !list.hasPrefix(table + "."), !list.hasPrefix("metadata.") { hasOtherList = true }
        section = ""
        if isPackage {
          tables.append([:])
          lines.append(number)
        }
        continue
      }
      if line.hasPrefix("[") {
        if !line.contains("]") { breaks("a table without an end", number) }
        // `[package.source]` belongs to the package before it.
        let name = TOMLLines.unquoted(line.dropFirst().prefix { $0 != "]" })
        if name == "metadata" || name == "root" { hasHead = true }
        let isPart = name.hasPrefix(table + ".")
        section = isPart ? name.dropFirst(table.count + 1) + "." : ""
        if !isPart { isPackage = false }
        continue
      }
      let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !line.hasPrefix("#") else { continue }
      let key = section + sides[0].filter { !$0.isWhitespace && $0 != "\"" }
      var value = sides[1].drop { $0 == " " }
      while value.last == " " { value.removeLast() }
      if value.isEmpty { breaks("\(key) has no value", number) }
      if value == "[" { isInList = true }
      if !isPackage, section.isEmpty, ["version", "lock-version", "lock_version"].contains(key) {
        hasHead = true
        // Cargo's first lock files have a table of the project with a version of its own.
        if isTop || key != "version" { format = format ?? TOMLLines.unquoted(value) }
      }
      guard isPackage, !tables.isEmpty else { continue }
      if let quote = value.first, quote == "\"" || quote == "'" {
        let text = value.dropFirst().prefix { $0 != quote }
        if text.endIndex == value.endIndex { breaks("a text without an end", number) }
        tables[tables.count - 1][key] = String(text)
      } else {
        // Inline tables and numbers are kept as they stand.
        tables[tables.count - 1][key] = String(value)
      }
    }
    if isInList { breaks("it ends within a list", number) }
  }

  private mutating func breaks(_ reason: String, _ line: Int) { broken = broken ?? (reason, line) }

  /// The packages of a lock file.
  ///
  /// - Parameters:
  ///   - table: the name of the list of packages.
  ///   - ecosystem: of the packages, by OSV's name.
  ///   - newest: the newest version of the format that is known, by its first number.
  ///   - isVersioned: whether every package has a version; one without is a break then.
  ///   - isOwn: whether a table without a version is the project itself, or what lies in its folders.
  ///   - body: nil for a table that is left out on purpose.
  static func extract(
    _ bytes: [UInt8], _ path: String, table: String = "package", in ecosystem: String, newest: Int,
    isVersioned: Bool = true,
    isOwn: ([String: String]) -> Bool = { _ in false },
    _ body: (_ name: String, _ version: String, _ fields: [String: String]) -> SoftwarePackage?
  ) -> Extraction {
    var read = PackageTables(bytes, table: table)
    var found = Extraction()
    for (fields, line) in zip(read.tables, read.lines) {
      guard let name = fields["name"], let version = fields["version"] else {
        if let name = fields["name"], !isVersioned {
          guard !isOwn(fields) else { continue }
          let place = ["vcs.url", "vcs", "archive.url", "archive", "git", "url", "source"].lazy.compactMap {
            fields[$0]
          }
          .first
          // Of a table in one line its address tells the place.
          let address = place.map { place in
            ["url", "git", "path"].lazy.compactMap { TOMLLines.text(of: $0, in: place) }.first ?? place
          }
          found.leave(name, place == nil ? .missing : .source, address ?? "", in: ecosystem, path, line: line)
        } else {
          read.breaks(fields["name"].map { "the package \($0) has no version" } ?? "a package has no name", 0)
        }
        continue
      }
      if let package = body(name, version, fields) { found.packages.append(package) }
    }
    if read.tables.isEmpty, !read.hasHead || read.hasOtherList { found.noteUnknownForm(path) }
    if let format = read.format, let number = Int(format.prefix { $0 != "." }), number > newest {
      found.note("it is of version \(format) of its format, and \(newest) is the newest that is known", path)
    }
    if let broken = read.broken {
      found.note(broken.reason, path, line: broken.line)
    } else {
      found.noteOpenEnd(bytes, path)
    }
    return found
  }
}
