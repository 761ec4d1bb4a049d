import Bytes

extension PackageExtractor {
  /// Deno's lock file, formats 2 to 5: what it takes from npm's registry; packages of JSR have no advisories, and so are covered by none.
  ///
  /// Source: docs.deno.com, "Modules and dependencies", section "Integrity checking and lock files".
  static let denoLock = PackageExtractor(
    name: "deno.lock", matches: .named(["deno.lock"]),
    extract: { bytes, path in
      .json(bytes, path, isKnown: { $0["version"] != nil }) { document, found in
        let list = document["npm"]?["packages"] ?? document["packages"]?["npm"] ?? document["npm"]
        var seen = Set<SoftwarePackage>()
        for entry in list?.entries ?? [] {
          // `name@1.2.3_peer@4.5.6`
          let pair = NPMName.split(entry.key)
          found.take(
            NPMName.read(pair?.name ?? entry.key, pair.map { String($0.rest.prefix { $0 != "_" }) }, path),
            named: pair?.name ?? entry.key, path, line: Int(entry.line), unless: &seen)
        }
        // Of other registries no advisories are known, so that nobody judges what is from them.
        for entry in (document["jsr"] ?? document["packages"]?["jsr"])?.entries ?? [] {
          if let pair = NPMName.split(entry.key), VersionOrder.semver.isVersion(pair.rest) {
            found.packages.append(
              SoftwarePackage(ecosystem: Ecosystem("JSR"), name: pair.name, version: pair.rest, path: path))
          } else {
            found.leave(entry.key, .missing, "", in: "JSR", path, line: Int(entry.line))
          }
        }
        var hosts = Set<Substring>()
        for entry in document["remote"]?.entries ?? [] {
          let host = entry.key.split(separator: "/", maxSplits: 2).dropFirst().first ?? entry.key[...]
          if hosts.insert(host).inserted {
            found.leave("modules of \(host)", .source, String(host), in: "", path, line: Int(entry.line))
          }
        }
      }
    },
    isOfProject: true)
}
