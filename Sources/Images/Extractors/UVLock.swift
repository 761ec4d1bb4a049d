extension PackageExtractor {
  /// uv; the project's own packages have a source that is no registry, and need no version.
  ///
  /// Source: docs.astral.sh/uv, "Locking and syncing".
  static let uvLock = PackageExtractor(
    name: "uv.lock", matches: .named(["uv.lock"]),
    extract: { bytes, path in
      PackageTables.extract(bytes, path, in: "PyPI", newest: 1, isVersioned: false, isOwn: isOfFolder) {
        name, version, fields in
        if isOfFolder(fields) { return nil }
        return SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)
      }
    },
    isOfProject: true)

  /// Whether it lies in a folder of the project, or is the project.
  private static func isOfFolder(_ fields: [String: String]) -> Bool {
    let source = fields["source"] ?? ""
    return ["virtual", "editable", "directory"].contains { source.contains($0 + " =") }
  }
}
