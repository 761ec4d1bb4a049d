import Bytes

extension PackageExtractor {
  /// Gradle's lock of dependencies: `group:artifact:version=configuration,…`, a line each.
  ///
  /// Source: docs.gradle.org, "Locking dependency versions".
  static let gradleLock = PackageExtractor(
    name: "gradle.lockfile", matches: .named(["gradle.lockfile", "buildscript-gradle.lockfile"]),
    extract: { bytes, path in
      var found = Extraction()
      var seen = Set<SoftwarePackage>()
      for (number, line) in TextLines.numbered(bytes) {
        // `empty=` names the configurations without any.
        guard !line.isEmpty, !line.hasPrefix("#"), !line.hasPrefix("empty=") else { continue }
        let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = sides[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
          found.note("a line that is no group, artifact and version", path, line: number)
          continue
        }
        // What only tests use is not in what is built.
        let uses = sides[1].split(separator: ",")
        if !uses.isEmpty, uses.allSatisfy({ $0.lowercased().hasPrefix("test") }) {
          found.leftOut += 1
          continue
        }
        let package = SoftwarePackage(
          ecosystem: Ecosystem("Maven"), name: "\(parts[0]):\(parts[1])", version: parts[2], path: path)
        if seen.insert(package).inserted { found.packages.append(package) }
      }
      found.noteOpenEnd(bytes, path)
      found.noteBlank(bytes, path)
      return found
    },
    isOfProject: true)
}
