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
      ) { document in
        var seen = Set<SoftwarePackage>()
        return (document["packages"]?.entries ?? []).compactMap { entry in
          guard let text = entry.value.elements.first?.string, let pair = NPMName.split(text),
            let package = NPMName.package(pair.name, pair.rest, path)
          else { return nil }
          return seen.insert(package).inserted ? package : nil
        }
      }
    })

  /// Bun's binary format, which is its own and changes with its versions: it is not read, and that is said.
  static let bunBinaryLock = PackageExtractor(
    name: "bun.lockb", matches: .named(["bun.lockb"]),
    extract: { _, path in
      var found = Extraction()
      found.note("Bun's binary lock file; `bun install --save-text-lockfile` writes one that is read", path)
      return found
    })
}
