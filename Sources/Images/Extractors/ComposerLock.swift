import Bytes

extension PackageExtractor {
  /// PHP: Composer's lock file, and its list of what is installed; development packages are left out.
  ///
  /// Source: getcomposer.org, "Basic usage" and "Runtime Composer utilities".
  static let composerLock = PackageExtractor(
    name: "composer.lock",
    matches: .named(["composer.lock", "installed.json"]) {
      $0.hasSuffix("composer.lock") || $0.hasSuffix("vendor/composer/installed.json")
    },
    extract: { bytes, path in
      .json(bytes, path) { document in
        (document["packages"]?.elements ?? document.elements).compactMap { item in
          guard let name = item["name"]?.string, let version = item["version"]?.string else { return nil }
          return SoftwarePackage(ecosystem: Ecosystem("Packagist"), name: name, version: version, path: path)
        }
      }
    })
}
