import Bytes

extension PackageExtractor {
  /// Pipenv's lock file; development packages are left out.
  static let pipfileLock = PackageExtractor(
    name: "Pipfile.lock", matches: .named(["Pipfile.lock"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["default"]?.isObject == true }) { document, found in
        let needed = Set((document["default"]?.entries ?? []).map(\.key))
        found.leftOut = (document["develop"]?.entries ?? []).count { !needed.contains($0.key) }
        for entry in document["default"]?.entries ?? [] {
          let value = entry.value
          if let version = value["version"]?.string, version.hasPrefix("==") {
            found.packages.append(
              SoftwarePackage(
                ecosystem: Ecosystem("PyPI"), name: entry.key,
                version: String(version.drop { $0 == "=" || $0 == " " }), path: path))
            continue
          }
          let place = ["git", "hg", "svn", "bzr", "file", "url"].lazy.compactMap { value[$0]?.string }.first
          if let place {
            found.leave(entry.key, .source, place, in: "PyPI", path, line: Int(entry.line))
          } else if let folder = value["path"]?.string {
            if ProjectPath.resolve(folder, from: path) == nil {
              found.leave(entry.key, .outside, folder, in: "PyPI", path, line: Int(entry.line))
            }
          } else {
            found.leave(
              entry.key, value["version"] == nil ? .missing : .range, value["version"]?.text ?? "", in: "PyPI", path,
              line: Int(entry.line))
          }
        }
      }
    },
    isOfProject: true)
}
