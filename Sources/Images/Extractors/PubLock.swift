import Bytes

extension PackageExtractor {
  /// Dart and Flutter.
  ///
  /// Source: dart.dev, "Package dependencies", section "Lockfiles".
  static let pubLock = PackageExtractor(
    name: "pubspec.lock", matches: .named(["pubspec.lock"]),
    extract: { bytes, path in
      .yaml(bytes, path, isKnown: { $0["packages"]?.isObject == true || $0["sdks"] != nil }) { document in
        (document["packages"]?.entries ?? []).compactMap { entry in
          guard let version = entry.value["version"]?.text, entry.value["source"]?.string == "hosted" else {
            return nil
          }
          return SoftwarePackage(ecosystem: Ecosystem("Pub"), name: entry.key, version: version, path: path)
        }
      }
    })
}
