extension PackageExtractor {
  /// Python's own format of lock files; what has no version is the project itself or comes from a folder.
  ///
  /// Source: packaging.python.org, "pylock.toml Specification".
  static let pythonLock = PackageExtractor(
    name: "pylock.toml",
    matches: .ending(["toml"]) { path in
      let name = PackageExtractors.lastPart(path)
      return name == "pylock.toml" || name.hasPrefix("pylock.") && name.hasSuffix(".toml")
    },
    extract: { bytes, path in
      PackageTables.extract(
        bytes, path, table: "packages", in: "PyPI", newest: 1, isVersioned: false,
        isOwn: { fields in fields.keys.contains { $0 == "directory" || $0.hasPrefix("directory.") } }
      ) { name, version, _ in
        SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)
      }
    },
    isOfProject: true)
}
