import Bytes

extension PackageExtractor {
  /// Haskell: what Cabal freezes, `any.name ==1.2.3`.
  ///
  /// Source: cabal.readthedocs.io, "cabal freeze".
  static let cabalFreeze = PackageExtractor(
    name: "cabal.project.freeze", matches: .named(["cabal.project.freeze"]),
    extract: { bytes, path in
      var seen = Set<SoftwarePackage>()
      var found = Extraction(
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap {
          (line: Substring) -> SoftwarePackage? in
          // The version stands behind the name; what stands before it is of another.
          guard let start = line.firstRange(of: "any.") else { return nil }
          let rest: Substring = line[start.upperBound...]
          guard let equals = rest.firstRange(of: "==") else { return nil }
          let name: Substring = rest[..<equals.lowerBound].prefix { $0 != " " }
          let version: Substring = rest[equals.upperBound...].prefix { $0.isNumber || $0 == "." }
          guard !name.isEmpty, version.first?.isNumber == true else { return nil }
          let package = SoftwarePackage(
            ecosystem: Ecosystem("Hackage"), name: String(name), version: String(version), path: path)
          return seen.insert(package).inserted ? package : nil
        })
      found.noteOpenEnd(bytes, path)
      return found
    })
}
