extension PackageExtractor {
  /// Rust: a crate without a source is the project's own.
  ///
  /// Source: The Cargo Book, "Cargo.toml vs Cargo.lock".
  static let cargoLock = PackageExtractor(
    name: "Cargo.lock", matches: .named(["Cargo.lock"]),
    extract: { bytes, path in
      PackageTables.extract(bytes, path) { name, version, fields in
        fields["source"] == nil
          ? nil : SoftwarePackage(ecosystem: Ecosystem("crates.io"), name: name, version: version, path: path)
      }
    })
}
