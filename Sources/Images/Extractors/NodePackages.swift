import Bytes

extension PackageExtractor {
  /// npm's lock files, versions 1 to 3; development packages are left out.
  ///
  /// Source: docs.npmjs.com, "package-lock.json".
  static let nodeLock = PackageExtractor(
    name: "package-lock.json",
    matches: .named(["package-lock.json", "npm-shrinkwrap.json"]),
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return [] }
      var found: [SoftwarePackage] = []
      var seen = Set<String>()
      func add(_ name: String, _ version: String?) {
        guard let version, !version.isEmpty, !version.contains(":"), seen.insert(name + "@" + version).inserted else {
          return
        }
        found.append(SoftwarePackage(ecosystem: Ecosystem("npm"), name: name, version: version, path: path))
      }
      if let packages = document["packages"] {
        for entry in packages.entries {
          guard let place = entry.key.ranges(of: "node_modules/").last, entry.value["dev"]?.bool != true,
            entry.value["link"]?.bool != true
          else { continue }
          add(entry.value["name"]?.string ?? String(entry.key[place.upperBound...]), entry.value["version"]?.string)
        }
        return found
      }
      func walk(_ dependencies: DocumentNode?, _ depth: Int) {
        guard depth < 64 else { return }
        for entry in dependencies?.entries ?? [] where entry.value["dev"]?.bool != true {
          add(entry.key, entry.value["version"]?.string)
          walk(entry.value["dependencies"], depth + 1)
        }
      }
      walk(document["dependencies"], 0)
      return found
    })

  /// Packages as npm installs them.
  static let nodeModule = PackageExtractor(
    name: "node_modules",
    matches: .named(["package.json"]) { path in
      guard let place = path.ranges(of: "node_modules/").last else { return false }
      // `node_modules/name` and `node_modules/@scope/name`; what lies deeper belongs to a package.
      let parts = path[place.upperBound...].split(separator: "/")
      return parts.count == (parts.first?.hasPrefix("@") ?? false ? 3 : 2)
    },
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes), let name = document["name"]?.string,
        let version = document["version"]?.string
      else { return [] }
      return [SoftwarePackage(ecosystem: Ecosystem("npm"), name: name, version: version, path: path)]
    })
}
