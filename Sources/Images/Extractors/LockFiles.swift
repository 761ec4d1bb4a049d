import Bytes

extension PackageExtractor {
  /// Rust: `[[package]]` tables with a name and a version; a crate without a source is the project's own.
  static let cargoLock = PackageExtractor(
    name: "Cargo.lock", matches: .named(["Cargo.lock"]),
    read: { bytes, path in
      var found: [SoftwarePackage] = []
      var fields: [String: String] = [:]
      func close() {
        if let name = fields["name"], let version = fields["version"], fields["source"] != nil {
          found.append(SoftwarePackage(ecosystem: Ecosystem("crates.io"), name: name, version: version, path: path))
        }
        fields = [:]
      }
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        if line.hasPrefix("[") { close() }
        let sides = line.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { continue }
        let key = sides[0].filter { !$0.isWhitespace }
        let value = sides[1].drop { $0 == " " }
        if ["name", "version", "source"].contains(key), value.hasPrefix("\"") {
          fields[key] = String(value.dropFirst().prefix { $0 != "\"" })
        }
      }
      close()
      return found
    })

  /// PHP: Composer's lock file; development packages are left out.
  static let composerLock = PackageExtractor(
    name: "composer.lock",
    matches: .named(["composer.lock", "installed.json"]) {
      $0.hasSuffix("composer.lock") || $0.hasSuffix("vendor/composer/installed.json")
    },
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return [] }
      return (document["packages"]?.elements ?? document.elements).compactMap { item in
        guard let name = item["name"]?.string, let version = item["version"]?.string else { return nil }
        return SoftwarePackage(ecosystem: Ecosystem("Packagist"), name: name, version: version, path: path)
      }
    })
}
