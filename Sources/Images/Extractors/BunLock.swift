import Bytes

extension PackageExtractor {
  /// Bun's text format: JSON with comments and trailing commas.
  ///
  /// Source: bun.sh, "Lockfile".
  static let bunLock = PackageExtractor(
    name: "bun.lock", matches: .named(["bun.lock"]),
    extract: { bytes, path in
      .json(RelaxedJSON.strict(bytes), path) { document in
        var seen = Set<SoftwarePackage>()
        return (document["packages"]?.entries ?? []).compactMap { entry in
          guard let text = entry.value.elements.first?.string, let pair = NPMName.split(text),
            let package = NPMName.package(pair.name, pair.rest, path)
          else { return nil }
          return seen.insert(package).inserted ? package : nil
        }
      }
    })
}
