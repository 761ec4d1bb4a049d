import Bytes

extension PackageExtractor {
  /// Dart and Flutter.
  ///
  /// Source: dart.dev, "Package dependencies", section "Lockfiles".
  static let pubLock = PackageExtractor(
    name: "pubspec.lock", matches: .named(["pubspec.lock"]),
    extract: { bytes, path in
      .yaml(bytes, path, isKnown: { $0["packages"]?.isObject == true || $0["sdks"] != nil }) { document, found in
        for entry in document["packages"]?.entries ?? [] {
          let about = entry.value["description"]
          switch entry.value["source"]?.string {
          case "hosted":
            guard let version = entry.value["version"]?.text else {
              found.leave(entry.key, .missing, in: "Pub", path, line: Int(entry.line))
              continue
            }
            found.packages.append(
              SoftwarePackage(ecosystem: Ecosystem("Pub"), name: entry.key, version: version, path: path))
          // What comes with the SDK is of its version.
          case "sdk": continue
          case "path":
            let place = about?["path"]?.string ?? about?.string ?? ""
            if ProjectPath.resolve(place, from: path) == nil {
              found.leave(entry.key, .outside, place, in: "Pub", path, line: Int(entry.line))
            }
          case let other:
            found.leave(
              entry.key, .source, about?["url"]?.string ?? about?.string ?? other ?? "nobody knows where", in: "Pub",
              path, line: Int(entry.line))
          }
        }
      }
    },
    isOfProject: true)
}
