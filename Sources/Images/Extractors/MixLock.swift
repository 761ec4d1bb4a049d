import Bytes

extension PackageExtractor {
  /// Elixir: a map in its own syntax, `"name": {:hex, :name, "1.2.3", …`.
  ///
  /// Source: hexdocs.pm, `Mix.Tasks.Deps`.
  static let mixLock = PackageExtractor(
    name: "mix.lock", matches: .named(["mix.lock"]),
    extract: { bytes, path in
      var found = Extraction()
      for (number, line) in TextLines.numbered(bytes) {
        let entry = line.drop { $0.isWhitespace }
        guard let start = entry.firstRange(of: "{:hex, :") else {
          // What lies in a folder is the project's.
          guard entry.hasPrefix("\""), !entry.contains("{:path,") else { continue }
          let name = entry.dropFirst().prefix { $0 != "\"" }
          let place = entry.firstRange(of: "{:git, \"").map { entry[$0.upperBound...].prefix { $0 != "\"" } }
          found.leave(
            String(name), place == nil ? .unreadable : .source, place.map(String.init) ?? "", in: "Hex", path,
            line: number)
          continue
        }
        let rest = entry[start.upperBound...]
        let name = rest.prefix { $0 != "," }
        let value = rest.dropFirst(name.count).dropFirst().drop { $0 == " " }
        guard !name.isEmpty, value.first == "\"", case let version = value.dropFirst().prefix(while: { $0 != "\"" }),
          !version.isEmpty
        else {
          found.leave(String(name), .missing, in: "Hex", path, line: number)
          continue
        }
        found.packages.append(
          SoftwarePackage(ecosystem: Ecosystem("Hex"), name: String(name), version: String(version), path: path))
      }
      if bytes.last(where: { $0 > 0x20 }) != UInt8(ascii: "}") { found.note("it ends within the map", path) }
      return found
    },
    isOfProject: true)
}
