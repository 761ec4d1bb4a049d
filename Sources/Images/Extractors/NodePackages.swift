import Bytes

extension PackageExtractor {
  /// Packages as npm installs them.
  static let nodeModule = PackageExtractor(
    name: "node_modules",
    matches: .named(["package.json"]) { path in
      guard let place = path.ranges(of: "node_modules/").last else { return false }
      // `node_modules/name` and `node_modules/@scope/name`; what lies deeper belongs to a package.
      let parts = path[place.upperBound...].split(separator: "/")
      return parts.count == (parts.first?.hasPrefix("@") ?? false ? 3 : 2)
    },
    extract: { bytes, path in
      .json(bytes, path) { document in
        // A file that only tells how a folder is to be read has neither.
        guard let name = document["name"]?.string, let version = document["version"]?.string else { return [] }
        return [SoftwarePackage(ecosystem: Ecosystem("npm"), name: name, version: version, path: path)]
      }
    })
}
