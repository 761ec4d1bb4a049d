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
      var replaced: [(old: String, new: String, version: String?)] = []
      for raw in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        var words = (raw.firstRange(of: "//").map { raw[..<$0.lowerBound] } ?? raw[...])
          .split(whereSeparator: \.isWhitespace).map(String.init)
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
        case "require" where words.count >= 2: needed[words[0]] = words[1]
        case "require": found.note("\(words.first ?? "a module") is required without a version", path)
        case "replace":
          guard let arrow = words.firstIndex(of: "=>"), arrow > 0, arrow + 1 < words.count else { continue }
          replaced.append((words[0], words[arrow + 1], arrow + 2 < words.count ? words[arrow + 2] : nil))
        default: break
        }
      }
      if !isModule { found.noteUnknownForm(path) }
      if block.isEmpty {
        found.noteOpenEnd(bytes, path)
      } else {
        found.note("it ends within a list of \(block)", path)
      }
      for (old, new, version) in replaced where needed[old] != nil {
        needed[old] = nil
        // A folder beside the project is part of it.
        if let version { needed[new] = version }
      }
      found.packages = needed.sorted { $0.key < $1.key }.map { name, version in
        SoftwarePackage(
          ecosystem: Ecosystem("Go"), name: name, version: String(version.drop { $0 == "v" }), path: path)
      }
      return found
    })
}
