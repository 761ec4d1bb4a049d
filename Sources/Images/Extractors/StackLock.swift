import Bytes

extension PackageExtractor {
  /// Haskell: Stack's lock file, `hackage: name-1.2.3@…`.
  ///
  /// Source: docs.haskellstack.org, "Lock files".
  static let stackLock = PackageExtractor(
    name: "stack.yaml.lock", matches: .named(["stack.yaml.lock"]),
    extract: { bytes, path in
      var seen = Set<SoftwarePackage>()
      var found = Extraction()
      var isSnapshot = false
      for (number, line) in TextLines.numbered(bytes) {
        if line.hasPrefix("snapshots:") || line.hasPrefix("packages:") { isSnapshot = line.hasPrefix("snapshots:") }
        guard let start = line.firstRange(of: "hackage: ") else {
          // What an address leads to has its name beside it at best; a snapshot is a list of packages that is not here.
          for key in ["git: ", "hg: ", "url: "] {
            guard let mark = line.firstRange(of: key), line[..<mark.lowerBound].allSatisfy({ " -".contains($0) }) else {
              continue
            }
            let place = line[mark.upperBound...].filter { $0 != "'" && $0 != "\"" }
            found.leave(
              isSnapshot ? "packages of the snapshot" : place, isSnapshot ? .notLocked : .source, place, in: "Hackage",
              path, line: number)
          }
          continue
        }
        let text = line[start.upperBound...].prefix { $0 != "@" && !$0.isWhitespace }
        guard let dash = text.lastIndex(of: "-"), dash > text.startIndex,
          text[text.index(after: dash)...].first?.isNumber == true
        else {
          found.note("\"\(text.prefix(80))\" is no package with a version", path)
          continue
        }
        let package = SoftwarePackage(
          ecosystem: Ecosystem("Hackage"), name: String(text[..<dash]),
          version: String(text[text.index(after: dash)...]), path: path)
        if seen.insert(package).inserted { found.packages.append(package) }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if !["packages:", "snapshots:"].contains(where: { text.contains($0) }) { found.noteUnknownForm(path) }
      found.noteOpenEnd(bytes, path)
      return found
    },
    isOfProject: true)
}
