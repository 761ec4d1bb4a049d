import Bytes

extension PackageExtractor {
  /// What a package of Dart asks for; what comes with the SDK or lies in the project has no advisories.
  ///
  /// Source: dart.dev, "The pubspec file".
  static let pubManifest = PackageExtractor(
    name: "pubspec.yaml", matches: .named(["pubspec.yaml"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      for document in YAMLReader.readStream(bytes).documents {
        found.project = document["name"]?.string.map { "Pub " + $0 }
        for entry in document["dependencies"]?.entries ?? [] {
          if entry.value["sdk"] != nil || entry.value["path"] != nil { continue }
          found.leave(entry.key, .notLocked, entry.value.text ?? "", in: "Pub", path, line: Int(entry.line))
        }
      }
      return found
    },
    isOfProject: true)
}
