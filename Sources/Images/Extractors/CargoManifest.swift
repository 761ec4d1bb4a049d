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
      // `[dependencies.name]` with `package = …` calls another crate so.
      var renamed: [String: String] = [:]
      for entry in entries where entry.key == "package" { renamed[entry.table] = TOMLLines.texts(entry.value).first }
      var seen = Set<String>()
      for entry in entries {
        if entry.table == "package", entry.key == "name" {
          found.project = TOMLLines.texts(entry.value).first.map { "crates.io " + $0 }
        }
        let parts = entry.table.split(separator: ".").map(String.init)
        if parts.starts(with: ["workspace", "dependencies"]) {
          // What members that take it from the workspace ask for.
          let target = parts.count == 2 ? TOMLLines.text(of: "package", in: entry.value) : renamed[entry.table]
          if let target { found.renamed[parts.count == 2 ? entry.key : parts[2]] = target }
          continue
        }
        let name: String
        var version = TOMLLines.text(of: "version", in: entry.value)
        if parts.last == "dependencies", parts.first == "dependencies" || parts.first == "target" {
          if entry.namesFolder { continue }
          name =
            TOMLLines.text(of: "package", in: entry.value)
            ?? (entry.key.hasSuffix(".package") ? TOMLLines.texts(entry.value).first : nil)
            ?? String(entry.key.prefix { $0 != "." })
          if !entry.value.hasPrefix("{") { version = TOMLLines.texts(entry.value).first }
        } else if parts.count > 1, parts[parts.count - 2] == "dependencies", parts[0] != "workspace" {
          if own.contains(entry.table) { continue }
          name = renamed[entry.table] ?? parts[parts.count - 1]
          version = entries.first { $0.table == entry.table && $0.key == "version" }.flatMap {
            TOMLLines.texts($0.value).first
          }
        } else {
          continue
        }
        guard seen.insert(name).inserted else { continue }
        found.leave(
          name, .notLocked, version ?? "", in: "crates.io", path, line: entry.line)
      }
      return found
    },
    isOfProject: true)
}
