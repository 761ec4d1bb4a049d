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
      .json(bytes, path) { document, found in
        // A file that only tells how a folder is to be read has neither.
        guard let name = document["name"]?.string else { return }
        guard let version = document["version"]?.string else {
          if let other = document["version"] {
            found.leave(name, .unreadable, other.text ?? "", in: "npm", path, line: Int(other.line))
          }
          return
        }
        var package = SoftwarePackage(ecosystem: Ecosystem("npm"), name: name, version: version, path: path)
        package.licenses = (document["license"]?.string ?? document["license"]?["type"]?.string).map { [$0] } ?? []
        package.requires = (document["dependencies"]?.entries ?? []).map(\.key)
        let author = document["author"]
        package.supplier = author?.string ?? author?["name"]?.string
        found.packages = [package]
      }
    })
}
