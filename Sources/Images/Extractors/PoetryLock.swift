extension PackageExtractor {
  /// Poetry and PDM; what only development needs is left out where the file says so (Poetry
  /// before 1.5 as a category, from 2.0 on as groups).
  static let poetryLock = PackageExtractor(
    name: "poetry.lock", matches: .named(["poetry.lock", "pdm.lock"]),
    extract: { bytes, path in
      var leftOut = 0
      var found = PackageTables.extract(bytes, path, in: "PyPI", newest: path.hasSuffix("pdm.lock") ? 4 : 2) {
        name, version, fields in
        if fields["source.type"] == "directory" { return nil }
        if fields["category"] == "dev" || fields["groups"] == #"["dev"]"# {
          leftOut += 1
          return nil
        }
        return SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)
      }
      found.leftOut = leftOut
      return found
    },
    isOfProject: true)
}
