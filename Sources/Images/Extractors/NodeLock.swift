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
      ) { document, found in
        var seen = Set<SoftwarePackage>()
        func add(_ name: String, _ entry: Mapping.Entry, requires: String) {
          let value = entry.value
          let resolved = value["resolved"]?.string ?? ""
          // A package of a repository has no version of its own where nobody packed it.
          let version =
            value["version"].map { $0.string ?? $0.text ?? "" }
            ?? (resolved.isEmpty ? nil : resolved)
          switch NPMName.read(name, version, path, isText: value["version"].map { $0.string != nil } ?? true) {
          case .own: return
          case .open(let reason, let detail):
            found.leave(name, reason, detail, in: "npm", path, line: Int(entry.line))
          case .package(var package):
            package.requires = (value[requires]?.entries ?? []).map(\.key)
            package.checksums =
              value["integrity"]?.string.flatMap { SoftwarePackage.Checksum(integrity: $0) }.map { [$0] } ?? []
            package.licenses = value["license"]?.string.map { [$0] } ?? []
            if seen.insert(package).inserted { found.packages.append(package) }
          }
        }
        if let packages = document["packages"] {
          for entry in packages.entries {
            guard let place = entry.key.ranges(of: "node_modules/").last, entry.value["link"]?.bool != true
            else { continue }
            if entry.value["dev"]?.bool == true {
              found.leftOut += 1
              continue
            }
            let name = entry.value["name"]?.string ?? String(entry.key[place.upperBound...])
            add(name, entry, requires: "dependencies")
          }
          return
        }
        // Documents are not deeper than the reader takes them.
        func walk(_ dependencies: DocumentNode?) {
          for entry in dependencies?.entries ?? [] {
            if entry.value["dev"]?.bool == true {
              found.leftOut += 1
              continue
            }
            add(entry.key, entry, requires: "requires")
            walk(entry.value["dependencies"])
          }
        }
        walk(document["dependencies"])
      }
    },
    isOfProject: true)
}
