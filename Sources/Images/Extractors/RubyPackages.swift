import Bytes

extension PackageExtractor {
  private static func gem(_ name: some StringProtocol, _ version: some StringProtocol, _ path: String)
    -> SoftwarePackage
  {
    SoftwarePackage(ecosystem: Ecosystem("RubyGems"), name: String(name), version: String(version), path: path)
  }

  /// Bundler: the gems of a `specs:` list, by four blanks; what they need stands deeper.
  static let gemfileLock = PackageExtractor(
    name: "Gemfile.lock",
    matches: .either(.ending(["lock"]), .named(["gems.locked"])) { path in
      let name = PackageExtractors.lastPart(path)
      return name.hasPrefix("Gemfile") || name == "gems.locked"
    },
    read: { bytes, path in
      var found: [SoftwarePackage] = []
      var isOwn = false
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        if !line.hasPrefix(" ") { isOwn = line != "PATH" }
        guard isOwn, line.hasPrefix("    "), !line.hasPrefix("     "), line.hasSuffix(")"),
          let open = line.firstIndex(of: "(")
        else { continue }
        let name = line[..<open].drop { $0 == " " }.prefix { $0 != " " }
        let version = line[line.index(after: open)...].dropLast()
        guard version.first?.isNumber == true else { continue }
        found.append(gem(name, version, path))
      }
      return found
    })

  /// Gems as they are installed: `specifications/NAME-VERSION.gemspec`, which RubyGems writes itself.
  static let installedGem = PackageExtractor(
    name: "gemspec", matches: .ending(["gemspec"]) { $0.contains("specifications/") },
    read: { bytes, path in
      var fields: [String: String] = [:]
      for raw in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let line = raw.drop { $0 == " " }
        for key in ["name", "version"] where line.hasPrefix("s.\(key) = ") && fields[key] == nil {
          let rest = line.drop { $0 != "\"" && $0 != "'" }
          if let quote = rest.first { fields[key] = String(rest.dropFirst().prefix { $0 != quote }) }
        }
      }
      guard let name = fields["name"], let version = fields["version"], !name.isEmpty, !version.isEmpty else {
        return []
      }
      return [gem(name, version, path)]
    })
}
