import Bytes

extension PackageExtractor {
  /// pnpm, formats 5 to 9; development packages are left out where the file marks them.
  ///
  /// Source: pnpm/spec, "lockfile", of each format.
  static let pnpmLock = PackageExtractor(
    name: "pnpm-lock.yaml", matches: .named(["pnpm-lock.yaml"]),
    extract: { bytes, path in
      var seen = Set<SoftwarePackage>()
      return .yaml(
        bytes, path,
        isKnown: { document in
          Int((document["lockfileVersion"]?.text ?? "").prefix { $0 != "." }).map { (3...9).contains($0) } ?? false
        }
      ) { document, found in
        let format = (document["lockfileVersion"]?.text ?? "").prefix { $0 != "." }
        let isPath = Int(format).map { $0 < 6 } ?? false
        for entry in document["packages"]?.entries ?? [] {
          if entry.value["dev"]?.bool == true {
            found.leftOut += 1
            continue
          }
          let key = entry.key.hasPrefix("/") ? entry.key.dropFirst() : entry.key[...]
          let pair = isPath ? byPath(key) : byName(key)
          let name = entry.value["name"]?.string ?? pair?.name ?? String(key)
          // What comes from elsewhere has its version beside it, and what its folder holds is the project's.
          let text =
            entry.value["version"]?.text
            ?? (isPath && (entry.key.contains(":") || pair == nil) ? entry.key : pair?.version)
          found.take(NPMName.read(name, text, path), named: name, path, line: Int(entry.line), unless: &seen)
        }
      }
    },
    isOfProject: true)

  /// `name@1.2.3(peer@1.0.0)`, or `name@https://…` with the version beside it.
  private static func byName(_ key: Substring) -> (name: String, version: String)? {
    NPMName.split(key.prefix { $0 != "(" }).map { ($0.name, $0.rest) }
  }

  /// `name/1.2.3_peer@1.0.0`, before it the host of a registry that is not the usual one.
  private static func byPath(_ key: Substring) -> (name: String, version: String)? {
    // What peers it was installed with may hold slashes of its own kind, `+`, and no others.
    var parts = key.split(separator: "/")
    guard parts.count >= 2, let last = parts.popLast(), let own = parts.popLast() else { return nil }
    let scope = parts.last.flatMap { $0.hasPrefix("@") ? $0 + "/" : nil } ?? ""
    return (scope + own, String(last.prefix { $0 != "_" && $0 != "(" }))
  }
}
