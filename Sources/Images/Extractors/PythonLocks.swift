import Bytes

extension PackageExtractor {
  /// Poetry and PDM; what only development needs is left out where the file says so (Poetry before 1.5).
  static let poetryLock = PackageExtractor(
    name: "poetry.lock", matches: .named(["poetry.lock", "pdm.lock"]),
    read: { bytes, path in
      PackageTables.read(bytes).compactMap { fields in
        guard let name = fields["name"], let version = fields["version"], fields["category"] != "dev",
          fields["source.type"] != "directory"
        else { return nil }
        return SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)
      }
    })

  /// uv; the project's own packages have a source that is no registry.
  static let uvLock = PackageExtractor(
    name: "uv.lock", matches: .named(["uv.lock"]),
    read: { bytes, path in
      PackageTables.read(bytes).compactMap { fields in
        guard let name = fields["name"], let version = fields["version"] else { return nil }
        let source = fields["source"] ?? ""
        if ["virtual", "editable", "directory"].contains(where: { source.contains($0 + " =") }) { return nil }
        return SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)
      }
    })
}
