import Bytes

extension PackageExtractor {
  /// Elixir: a map in its own syntax, `"name": {:hex, :name, "1.2.3", …`.
  ///
  /// Source: hexdocs.pm, `Mix.Tasks.Deps`.
  static let mixLock = PackageExtractor(
    name: "mix.lock", matches: .named(["mix.lock"]),
    extract: { bytes, path in
      var found = Extraction(
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
          guard let start = line.firstRange(of: "{:hex, :") else { return nil }
          let rest = line[start.upperBound...]
          let name = rest.prefix { $0 != "," }
          let value = rest.dropFirst(name.count).drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" }
          guard !name.isEmpty, !value.isEmpty else { return nil }
          return SoftwarePackage(
            ecosystem: Ecosystem("Hex"), name: String(name), version: String(value), path: path)
        })
      if bytes.last(where: { $0 > 0x20 }) != UInt8(ascii: "}") { found.note("it ends within the map", path) }
      return found
    })
}
