import Bytes

extension PackageExtractor {
  /// What a crate asks for; what only its tests or its build need is left out.
  ///
  /// Source: The Cargo Book, "Specifying Dependencies".
  static let cargoManifest = PackageExtractor(
    name: "Cargo.toml", matches: .named(["Cargo.toml"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      let entries = TOMLLines(bytes).entries
      // `[dependencies.name]` with `path = …` is a part of the project.
      let own = Set(entries.filter { $0.key == "path" }.map(\.table))
      var seen = Set<String>()
      for entry in entries {
        if entry.table == "package", entry.key == "name" {
          found.project = TOMLLines.texts(entry.value).first.map { "crates.io " + $0 }
        }
        let parts = entry.table.split(separator: ".").map(String.init)
        let name: String
        if parts.last == "dependencies", parts.first == "dependencies" || parts.first == "target" {
          if entry.value.contains("path =") || entry.value.contains("path=") { continue }
          name = String(entry.key.prefix { $0 != "." })
        } else if parts.count > 1, parts[parts.count - 2] == "dependencies", parts[0] != "workspace" {
          if own.contains(entry.table) { continue }
          name = parts[parts.count - 1]
        } else {
          continue
        }
        guard seen.insert(name).inserted else { continue }
        found.leave(
          name, .notLocked, TOMLLines.texts(entry.value).first ?? "", in: "crates.io", path, line: entry.line)
      }
      return found
    },
    isOfProject: true)
}
