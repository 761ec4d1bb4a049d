extension PackageExtractor {
  /// Bundler: the gems of a `specs:` list, by four blanks; what they need stands deeper.
  static let gemfileLock = PackageExtractor(
    name: "Gemfile.lock",
    matches: .either(.ending(["lock"]), .named(["gems.locked"])) { path in
      let name = PackageExtractors.lastPart(path)
      return name.hasPrefix("Gemfile") || name == "gems.locked"
    },
    extract: { bytes, path in
      var found = Extraction()
      var isOwn = false
      var seen = Set<SoftwarePackage>()
      // The parts of a lock file; that of what is asked for stands behind those of what is taken.
      var isKnown = false
      var isWhole = false
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        if !line.hasPrefix(" ") {
          isOwn = ["GEM", "GIT", "PLUGIN SOURCE"].contains(line)
          isKnown = isKnown || isOwn || line == "PATH"
          isWhole = isWhole || line == "DEPENDENCIES"
        }
        guard isOwn, line.hasPrefix("    "), !line.hasPrefix("     ") else { continue }
        guard let open = line.firstIndex(of: "(") else {
          found.note("a gem without a version", path)
          continue
        }
        guard line.hasSuffix(")") else {
          found.note("a version without an end", path)
          continue
        }
        let name = line[..<open].drop { $0 == " " }.prefix { $0 != " " }
        let version = line[line.index(after: open)...].dropLast()
        guard version.first?.isNumber == true else {
          found.leave(String(name), .unreadable, String(version), in: "RubyGems", path)
          continue
        }
        let package = SoftwarePackage(
          ecosystem: Ecosystem("RubyGems"), name: String(name),
          version: RubyVersions.withoutPlatform(String(version)), path: path)
        // A gem stands once for each platform.
        if seen.insert(package).inserted { found.packages.append(package) }
      }
      if !isKnown, !isWhole {
        found.noteUnknownForm(path)
      } else if !isWhole {
        found.note("it ends before what is asked for", path)
      }
      return found
    },
    isOfProject: true)
}
