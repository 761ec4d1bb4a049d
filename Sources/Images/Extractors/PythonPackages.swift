extension PackageExtractor {
  /// Packages as pip installs them.
  ///
  /// Source: packaging.python.org, "Recording installed projects" and "Core metadata specifications".
  static let pythonInstalled = PackageExtractor(
    name: "Python metadata",
    matches: .either(.named(["METADATA", "PKG-INFO"]), .ending(["egg-info"])) { path in
      path.hasSuffix(".dist-info/METADATA") || path.hasSuffix(".egg-info/PKG-INFO") || path.hasSuffix(".egg-info")
        || path.hasSuffix("EGG-INFO/PKG-INFO")
    },
    extract: { bytes, path in
      guard let fields = Stanzas.read(bytes).first, let name = fields["Name"], let version = fields["Version"] else {
        var found = Extraction()
        found.note("it has no name or no version", path)
        return found
      }
      return Extraction([SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)])
    })
}
