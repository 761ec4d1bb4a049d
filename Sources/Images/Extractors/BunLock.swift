import Bytes

extension PackageExtractor {
  /// Bun's text format: JSON with comments and trailing commas.
  ///
  /// Source: bun.sh, "Lockfile".
  static let bunLock = PackageExtractor(
    name: "bun.lock", matches: .named(["bun.lock"]),
    extract: { bytes, path in
      .json(
        RelaxedJSON.strict(bytes), path,
        isKnown: { $0["packages"]?.isObject == true || $0["workspaces"] != nil }
      ) { document, found in
        var seen = Set<SoftwarePackage>()
        for entry in document["packages"]?.entries ?? [] {
          let pair = entry.value.elements.first?.string.flatMap { NPMName.split($0) }
          found.take(
            NPMName.read(pair?.name ?? entry.key, pair?.rest, path), named: pair?.name ?? entry.key, path,
            line: Int(entry.line), unless: &seen)
        }
      }
    },
    isOfProject: true)

  /// Bun's binary format, which is its own and changes with its versions: it is not read, and that is said.
  static let bunBinaryLock = PackageExtractor(
    name: "bun.lockb", matches: .named(["bun.lockb"]),
    extract: { _, path in
      var found = Extraction()
      found.note("Bun's binary lock file; `bun install --save-text-lockfile` writes one that is read", path)
      return found
    },
    isOfProject: true)
}
