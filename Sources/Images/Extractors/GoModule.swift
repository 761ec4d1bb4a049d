import Bytes

extension PackageExtractor {
  /// Go's own list of what a module needs; `replace` puts another in the place of one.
  ///
  /// Source: go.dev, "Go Modules Reference", section "go.mod files".
  static let goModule = PackageExtractor(
    name: "go.mod", matches: .named(["go.mod"]),
    extract: { bytes, path in
      var found = Extraction()
      var needed: [String: String] = [:]
      var block = ""
      var isModule = false
      var replaced: [(old: String, of: String?, new: String, version: String?)] = []
      var release = ""
      for (number, raw) in TextLines.numbered(bytes) {
        var words = (raw.firstRange(of: "//").map { raw[..<$0.lowerBound] } ?? raw[...])
          .split(whereSeparator: \.isWhitespace).map(unquoted)
        guard let first = words.first else { continue }
        if first == ")" {
          block = ""
          continue
        }
        if words.last == "(" {
          block = first
          continue
        }
        var verb = block
        if block.isEmpty {
          verb = first
          words.removeFirst()
        }
        switch verb {
        case "module": isModule = true
        case "go": release = words.first ?? ""
        case "require" where words.count >= 2:
          guard words[1].hasPrefix("v"), VersionOrder.semver.isVersion(words[1]) else {
            found.leave(words[0], .unreadable, words[1], in: "Go", path, line: number)
            continue
          }
          // Of several the highest is used.
          if let other = needed[words[0]], VersionOrder.semver.decide(words[1], other) == .less { continue }
          needed[words[0]] = words[1]
        case "require": found.note("\(words.first ?? "a module") is required without a version", path)
        case "replace":
          guard let arrow = words.firstIndex(of: "=>"), arrow > 0, arrow + 1 < words.count else { continue }
          replaced.append(
            (
              words[0], arrow > 1 ? words[1] : nil, words[arrow + 1],
              arrow + 2 < words.count ? words[arrow + 2] : nil
            ))
        default: break
        }
      }
      if !isModule { found.noteUnknownForm(path) }
      if block.isEmpty {
        found.noteOpenEnd(bytes, path)
      } else {
        found.note("it ends within a list of \(block)", path)
      }
      for (old, of, new, version) in replaced where needed[old] != nil && (of == nil || of == needed[old]) {
        needed[old] = nil
        if let version {
          needed[new] = version
        } else if ProjectPath.resolve(new, from: path) == nil {
          // A folder of the project is part of it.
          found.leave(old, .outside, new, in: "Go", path)
        }
      }
      // Before 1.17 only what the module itself imports was listed.
      let parts = release.split(separator: ".").compactMap { Int($0) }
      if !release.isEmpty, parts.count >= 2, parts[0] == 1, parts[1] < 17, !needed.isEmpty {
        found.leave("modules that its modules need", .notLocked, "go \(release)", in: "Go", path)
      }
      found.packages = needed.sorted { $0.key < $1.key }.map { name, version in
        SoftwarePackage(
          ecosystem: Ecosystem("Go"), name: name, version: String(version.drop { $0 == "v" }), path: path)
      }
      return found
    },
    isOfProject: true)

  /// A path may stand in quotes of either kind.
  private static func unquoted(_ word: Substring) -> String {
    guard let quote = word.first, quote == "\"" || quote == "`", word.count > 1, word.last == quote else {
      return String(word)
    }
    return String(word.dropFirst().dropLast())
  }
}
