extension PackageExtractor {
  /// Gems as they are installed: `specifications/NAME-VERSION.gemspec`, which RubyGems writes itself.
  static let installedGem = PackageExtractor(
    name: "gemspec", matches: .ending(["gemspec"]) { $0.contains("specifications/") },
    extract: { bytes, path in
      var fields: [String: String] = [:]
      for raw in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let line = raw.drop { $0 == " " }
        for key in ["name", "version"] where line.hasPrefix("s.\(key) = ") && fields[key] == nil {
          let rest = line.drop { $0 != "\"" && $0 != "'" }
          if let quote = rest.first { fields[key] = String(rest.dropFirst().prefix { $0 != quote }) }
        }
      }
      guard let name = fields["name"], let version = fields["version"], !name.isEmpty, !version.isEmpty else {
        var found = Extraction()
        found.note("it has no name or no version", path)
        return found
      }
      return Extraction([SoftwarePackage(ecosystem: Ecosystem("RubyGems"), name: name, version: version, path: path)])
    })
}
