import Bytes

extension PackageExtractor {
  /// npm's lock files, versions 1 to 3; development packages are left out.
  ///
  /// Source: docs.npmjs.com, "package-lock.json".
  static let nodeLock = PackageExtractor(
    name: "package-lock.json",
    matches: .named(["package-lock.json", "npm-shrinkwrap.json"]),
    extract: { bytes, path in
      .json(
        bytes, path,
        isKnown: { document in
          document["lockfileVersion"].map { (1...3).contains($0.int ?? 0) }
            ?? (document["packages"] != nil || document["dependencies"] != nil)
        }
      ) { document in
        var found: [SoftwarePackage] = []
        var seen = Set<SoftwarePackage>()
        func add(_ name: String, _ version: String?, _ entry: DocumentNode, requires: String) {
          guard let version else { return }
          let target = NPMName.target(version)
          guard var package = NPMName.package(target?.name ?? name, target?.version ?? version, path) else { return }
          package.requires = (entry[requires]?.entries ?? []).map(\.key)
          package.checksums =
            entry["integrity"]?.string.flatMap { SoftwarePackage.Checksum(integrity: $0) }.map { [$0] } ?? []
          package.licenses = entry["license"]?.string.map { [$0] } ?? []
          guard seen.insert(package).inserted else { return }
          found.append(package)
        }
        if let packages = document["packages"] {
          for entry in packages.entries {
            guard let place = entry.key.ranges(of: "node_modules/").last, entry.value["dev"]?.bool != true,
              entry.value["link"]?.bool != true
            else { continue }
            add(
              entry.value["name"]?.string ?? String(entry.key[place.upperBound...]), entry.value["version"]?.string,
              entry.value, requires: "dependencies")
          }
          return found
        }
        // Documents are not deeper than the reader takes them.
        func walk(_ dependencies: DocumentNode?) {
          for entry in dependencies?.entries ?? [] where entry.value["dev"]?.bool != true {
            add(entry.key, entry.value["version"]?.string, entry.value, requires: "requires")
            walk(entry.value["dependencies"])
          }
        }
        walk(document["dependencies"])
        return found
      }
    })
}
