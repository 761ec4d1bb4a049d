extension PackageExtractor {
  /// Yarn: the first format, and the later ones, in which `resolution` says what a package really is.
  ///
  /// Source: classic.yarnpkg.com, "yarn.lock"; yarnpkg.com, "Protocols".
  static let yarnLock = PackageExtractor(
    name: "yarn.lock", matches: .named(["yarn.lock"]),
    extract: { bytes, path in
      var found = Extraction()
      var seen = Set<SoftwarePackage>()
      var entry: YarnEntry?
      func close() {
        guard let own = entry else { return }
        entry = nil
        guard own.hasVersion else {
          found.note("an entry has no version", path, line: own.line)
          return
        }
        found.take(own.reading(path), named: own.name, path, line: own.line, unless: &seen)
      }
      for (number, line) in TextLines.numbered(bytes) {
        if line.isEmpty || line.hasPrefix("#") { continue }
        guard line.hasPrefix(" ") else {
          close()
          if line.hasPrefix("__metadata:") { continue }
          if line.hasSuffix(":") {
            entry = YarnEntry(head: line, line: number)
          } else {
            found.note("an entry without an end", path, line: number)
          }
          continue
        }
        if line.hasPrefix("  ") { entry?.read(line) }
      }
      close()
      found.noteOpenEnd(bytes, path)
      found.noteBlank(bytes, path)
      return found
    },
    isOfProject: true)
}

private struct YarnEntry {
  let line: Int
  /// `name@range`, the first of those that the entry is for.
  private let descriptor: Substring
  private var version: Substring = ""
  private var resolution: Substring = ""

  init(head: Substring, line: Int) {
    self.line = line
    let first = head.dropLast().split(separator: ",", maxSplits: 1).first ?? ""
    descriptor = first.drop { $0 == "\"" }.prefix { $0 != "\"" }
  }

  var hasVersion: Bool { !version.isEmpty }

  mutating func read(_ line: Substring) {
    func value(_ key: String) -> Substring? {
      guard line.hasPrefix(key), let next = line.dropFirst(key.count).first, next == " " || next == ":" else {
        return nil
      }
      let rest = line.dropFirst(key.count).drop { $0 == " " || $0 == ":" }
      return rest.first == "\"" ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { !$0.isWhitespace }
    }
    if let text = value("  version") { version = text }
    if let text = value("  resolution") { resolution = text }
  }

  /// The name that the project gives it.
  var name: String { NPMName.split(descriptor)?.name ?? String(descriptor) }

  func reading(_ path: String) -> NPMName.Reading {
    guard let pair = NPMName.split(resolution.isEmpty ? descriptor : resolution) else {
      return .open(.unreadable, String(version))
    }
    // A patch is made of the package of its own name.
    for own in ["workspace:", "link:", "portal:", "file:"] where pair.rest.hasPrefix(own) {
      return NPMName.read(pair.name, pair.rest, path)
    }
    return NPMName.read(NPMName.target(pair.rest)?.name ?? pair.name, String(version), path)
  }
}
