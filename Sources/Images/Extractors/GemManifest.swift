extension PackageExtractor {
  /// What Bundler is asked for, a gem a line.
  ///
  /// Source: bundler.io, "Gemfiles".
  static let gemManifest = PackageExtractor(
    name: "Gemfile", matches: .named(["Gemfile", "gems.rb"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      var found = Extraction()
      for (number, raw) in TextLines.numbered(bytes) {
        let line = raw.drop { $0.isWhitespace }
        guard line.hasPrefix("gem "), !line.contains("path:") else { continue }
        let texts = TOMLLines.texts(String(line))
        guard let name = texts.first else { continue }
        found.leave(
          name, .notLocked, texts.dropFirst().first ?? "", in: "RubyGems", path, line: number)
      }
      return found
    },
    isOfProject: true)
}
