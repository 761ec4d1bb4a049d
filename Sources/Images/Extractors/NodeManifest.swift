import Bytes

extension PackageExtractor {
  /// What a project of npm asks for: a lock file says what that comes to.
  ///
  /// Source: docs.npmjs.com, "package.json".
  static let nodeManifest = PackageExtractor(
    name: "package.json", matches: .named(["package.json"]) { !ProjectPath.isForeign($0) },
    extract: { bytes, path in
      // What is no document is none of a project either: many programs have files of this name.
      guard let document = try? JSONReader.read(bytes) else { return Extraction() }
      var found = Extraction()
      found.project = document["name"]?.string.map { "npm " + $0 }
      for key in ["dependencies", "optionalDependencies"] {
        for entry in document[key]?.entries ?? [] {
          let range = entry.value.text ?? ""
          if ["workspace:", "link:", "portal:", "file:"].contains(where: { range.hasPrefix($0) }) { continue }
          // Lock files and advisories know it by its own name.
          let name = NPMName.target(range)?.name ?? (NPMName.isAlias(range) ? String(range.dropFirst(4)) : entry.key)
          found.leave(name, .notLocked, range, in: "npm", path, line: Int(entry.line))
        }
      }
      return found
    },
    isOfProject: true)
}
