import Bytes

extension PackageExtractor {
  /// Pipenv's lock file; development packages are left out.
  static let pipfileLock = PackageExtractor(
    name: "Pipfile.lock", matches: .named(["Pipfile.lock"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["default"]?.isObject == true }) { document in
        (document["default"]?.entries ?? []).compactMap { entry in
          guard let version = entry.value["version"]?.string, version.hasPrefix("==") else { return nil }
          return SoftwarePackage(
            ecosystem: Ecosystem("PyPI"), name: entry.key, version: String(version.dropFirst(2)), path: path)
        }
      }
    })
}
