import Bytes

extension PackageExtractor {
  /// Deno's lock file, formats 2 to 5: what it takes from npm's registry; modules of others have no advisories.
  ///
  /// Source: docs.deno.com, "Modules and dependencies", section "Integrity checking and lock files".
  static let denoLock = PackageExtractor(
    name: "deno.lock", matches: .named(["deno.lock"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["version"] != nil }) { document in
        let list = document["npm"]?["packages"] ?? document["packages"]?["npm"] ?? document["npm"]
        var seen = Set<SoftwarePackage>()
        return (list?.entries ?? []).compactMap { entry in
          // `name@1.2.3_peer@4.5.6`
          guard let pair = NPMName.split(entry.key),
            let package = NPMName.package(pair.name, String(pair.rest.prefix { $0 != "_" }), path)
          else { return nil }
          return seen.insert(package).inserted ? package : nil
        }
      }
    })
}
