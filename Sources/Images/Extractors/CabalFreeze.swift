import Bytes

extension PackageExtractor {
  /// Haskell: what Cabal freezes, `any.name ==1.2.3`.
  ///
  /// Source: cabal.readthedocs.io, "cabal freeze".
  static let cabalFreeze = PackageExtractor(
    name: "cabal.project.freeze", matches: .named(["cabal.project.freeze"]),
    extract: { bytes, path in
      var seen = Set<SoftwarePackage>()
      var found = Extraction()
      for (number, line) in TextLines.numbered(bytes) {
        // The version stands behind the name; what stands before it is of another. Flags of packages follow without one.
        guard let start = line.firstRange(of: "any.") else { continue }
        let rest = line[start.upperBound...].prefix { $0 != "," }
        let name = rest.prefix { !$0.isWhitespace && !"=<>^".contains($0) }
        let range = rest[name.endIndex...].filter { !$0.isWhitespace }
        let version = String(range.dropFirst(2))
        guard !name.isEmpty, range.hasPrefix("=="), VersionOrder.hackage.isVersion(version) else {
          found.leave(String(name), range.isEmpty ? .missing : .range, range, in: "Hackage", path, line: number)
          continue
        }
        let package = SoftwarePackage(
          ecosystem: Ecosystem("Hackage"), name: String(name), version: version, path: path)
        if seen.insert(package).inserted { found.packages.append(package) }
      }
      found.noteOpenEnd(bytes, path)
      found.noteBlank(bytes, path)
      return found
    },
    isOfProject: true)
}
