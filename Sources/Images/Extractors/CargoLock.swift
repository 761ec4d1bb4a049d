extension PackageExtractor {
  /// Rust: a crate without a source is the project's own.
  ///
  /// Source: The Cargo Book, "Cargo.toml vs Cargo.lock".
  static let cargoLock = PackageExtractor(
    name: "Cargo.lock", matches: .named(["Cargo.lock"]),
    extract: { bytes, path in
      PackageTables.extract(bytes, path, in: "crates.io", newest: 4) { name, version, fields in
        guard fields["source"] != nil else { return nil }
        var package = SoftwarePackage(ecosystem: Ecosystem("crates.io"), name: name, version: version, path: path)
        package.checksums = fields["checksum"].flatMap { SoftwarePackage.Checksum(.sha256, $0) }.map { [$0] } ?? []
        return package
      }
    },
    isOfProject: true)
}
