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
      var package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: version, path: path)
      package.licenses =
        (fields["License-Expression"] ?? fields["License"]).flatMap {
          $0.isEmpty || $0 == "UNKNOWN" ? nil : [$0]
        } ?? []
      package.supplier = fields["Author-email"] ?? fields["Author"]
      package.requires = requirements(bytes)
      return Extraction([package])
    })

  /// Names of what a package needs in any case: what only an extra or another system needs is told by a marker.
  private static func requirements(_ bytes: [UInt8]) -> [String] {
    var names: [String] = []
    for line in bytes.split(separator: 0x0A) {
      guard line.starts(with: "Requires-Dist:".utf8) else {
        // The description follows the fields.
        if names.count > 0, line.starts(with: "Description".utf8) { break }
        continue
      }
      let text = String(decoding: line.dropFirst(14), as: UTF8.self)
      guard !text.contains(";") else { continue }
      let name = text.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
      if !name.isEmpty { names.append(String(name)) }
    }
    return names
  }
}
