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
      .json(bytes, path, isKnown: { ($0["packages"] ?? $0).array != nil }) { document, found in
        found.leftOut = path.hasSuffix("composer.lock") ? document["packages-dev"]?.elements.count ?? 0 : 0
        for item in document["packages"]?.elements ?? document.elements {
          guard let name = item["name"]?.string, let version = item["version"]?.string else {
            found.leave(
              item["name"]?.string ?? "a package", item["version"] == nil ? .missing : .unreadable,
              item["version"]?.text ?? "", in: "Packagist", path, line: Int(item.line))
            continue
          }
          var package = SoftwarePackage(ecosystem: Ecosystem("Packagist"), name: name, version: version, path: path)
          package.licenses = item["license"]?.strings ?? []
          package.requires = (item["require"]?.entries ?? []).map(\.key)
          package.supplier = item["authors"]?.elements.first?["name"]?.string
          package.checksums =
            item[path: "dist", "shasum"]?.string.flatMap { SoftwarePackage.Checksum(.sha1, $0) }.map { [$0] } ?? []
          found.packages.append(package)
        }
      }
    },
    isOfProject: true)
}
