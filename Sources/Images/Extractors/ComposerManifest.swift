import Bytes

extension PackageExtractor {
  /// What a project of PHP asks for; PHP itself and its extensions are not packages of Composer's.
  ///
  /// Source: getcomposer.org, "The composer.json schema", section "Package links".
  static let composerManifest = PackageExtractor(
    name: "composer.json", matches: .named(["composer.json"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return Extraction() }
      var found = Extraction()
      found.project = document["name"]?.string.map { "Packagist " + Ecosystem("Packagist").normalized($0) }
      for entry in document["require"]?.entries ?? [] where entry.key.contains("/") {
        found.leave(entry.key, .notLocked, entry.value.text ?? "", in: "Packagist", path, line: Int(entry.line))
      }
      return found
    },
    isOfProject: true)
}
