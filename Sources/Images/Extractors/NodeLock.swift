import Bytes

extension PackageExtractor {
  /// npm's lock files, versions 1 to 3; development packages are left out.
  ///
  /// Source: docs.npmjs.com, "package-lock.json".
  static let nodeLock = PackageExtractor(
    name: "package-lock.json",
    matches: .named(["package-lock.json", "npm-shrinkwrap.json"]),
    extract: { bytes, path in
      .json(bytes, path) { document in
        var found: [SoftwarePackage] = []
        var seen = Set<SoftwarePackage>()
        func add(_ name: String, _ version: String?) {
          guard let version else { return }
          let target = NPMName.target(version)
          guard let package = NPMName.package(target?.name ?? name, target?.version ?? version, path),
            seen.insert(package).inserted
          else { return }
          found.append(package)
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
        // Documents are not deeper than the reader takes them.
        func walk(_ dependencies: DocumentNode?) {
          for entry in dependencies?.entries ?? [] where entry.value["dev"]?.bool != true {
            add(entry.key, entry.value["version"]?.string)
            walk(entry.value["dependencies"])
          }
        }
        walk(document["dependencies"])
        return found
      }
    })
}
