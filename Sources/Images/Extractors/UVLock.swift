extension PackageExtractor {
  /// uv; the project's own packages have a source that is no registry, and need no version.
  ///
  /// Source: docs.astral.sh/uv, "Locking and syncing".
  static let uvLock = PackageExtractor(
    name: "uv.lock", matches: .named(["uv.lock"]),
    extract: { bytes, path in
      PackageTables.extract(bytes, path, isVersioned: false) { name, version, fields in
        let source = fields["source"] ?? ""
        if ["virtual", "editable", "directory"].contains(where: { source.contains($0 + " =") }) { return nil }
        return SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)
      }
    })
}
