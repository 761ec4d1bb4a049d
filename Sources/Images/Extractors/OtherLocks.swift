import Bytes

/// Lock files of languages that need one reader each.
extension PackageExtractor {
  private static func package(_ ecosystem: String, _ name: String, _ version: String, _ path: String) -> SoftwarePackage
  {
    SoftwarePackage(ecosystem: Ecosystem(ecosystem), name: name, version: version, path: path)
  }

  /// Swift: `Package.resolved`, versions 1 to 3. A package is named by its URL, as OSV has it.
  static let swiftResolved = PackageExtractor(
    name: "Package.resolved", matches: .named(["Package.resolved"]),
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return [] }
      return (document["pins"] ?? document["object"]?["pins"])?.elements.compactMap { pin in
        guard let version = pin["state"]?["version"]?.string,
          let url = pin["location"]?.string ?? pin["repositoryURL"]?.string
        else { return nil }
        var name = url[...]
        if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...] }
        if name.hasSuffix(".git") { name = name.dropLast(4) }
        return package("SwiftURL", String(name), version, path)
      } ?? []
    })

  /// Dart and Flutter.
  static let pubLock = PackageExtractor(
    name: "pubspec.lock", matches: .named(["pubspec.lock"]),
    read: { bytes, path in
      (YAMLReader.readStream(bytes).documents.first?["packages"]?.entries ?? []).compactMap { entry in
        guard let version = entry.value["version"]?.text, entry.value["source"]?.string == "hosted" else { return nil }
        return package("Pub", entry.key, version, path)
      }
    })

  /// Elixir: `"name": {:hex, :name, "1.2.3", …`.
  static let mixLock = PackageExtractor(
    name: "mix.lock", matches: .named(["mix.lock"]),
    read: { bytes, path in
      String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
        guard let start = line.firstRange(of: "{:hex, :") else { return nil }
        let rest = line[start.upperBound...]
        let name = rest.prefix { $0 != "," }
        let value = rest.dropFirst(name.count).drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" }
        return name.isEmpty || value.isEmpty ? nil : package("Hex", String(name), String(value), path)
      }
    })

  /// Conan, lock files of its first and second version: `name/1.2.3@user/channel#revision`.
  static let conanLock = PackageExtractor(
    name: "conan.lock", matches: .named(["conan.lock"]),
    read: { bytes, path in
      guard let document = try? JSONReader.read(bytes) else { return [] }
      let references =
        (document[path: "graph_lock", "nodes"]?.entries ?? []).compactMap { $0.value["ref"]?.string }
        + (document["requires"]?.strings ?? [])
      return references.compactMap { reference in
        let parts = reference.prefix { $0 != "#" && $0 != "@" }.split(separator: "/")
        return parts.count == 2 ? package("ConanCenter", String(parts[0]), String(parts[1]), path) : nil
      }
    })

  /// Haskell: Stack's lock file, `hackage: name-1.2.3@…`, and Cabal's, `any.name ==1.2.3`.
  static let haskellLock = PackageExtractor(
    name: "stack.yaml.lock",
    matches: .named(["stack.yaml.lock", "cabal.project.freeze"]),
    read: { bytes, path in
      var found: [SoftwarePackage] = []
      var seen = Set<SoftwarePackage>()
      func add(_ name: some StringProtocol, _ version: some StringProtocol) {
        guard !name.isEmpty, version.first?.isNumber == true else { return }
        let one = package("Hackage", String(name), String(version), path)
        if seen.insert(one).inserted { found.append(one) }
      }
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        if let start = line.firstRange(of: "hackage: ") {
          let text = line[start.upperBound...].prefix { $0 != "@" && !$0.isWhitespace }
          if let dash = text.lastIndex(of: "-") { add(text[..<dash], text[text.index(after: dash)...]) }
        } else if let start = line.firstRange(of: "any.") {
          // The version stands behind the name; what stands before it is of another.
          let rest = line[start.upperBound...]
          guard let equals = rest.firstRange(of: "==") else { continue }
          add(
            rest[..<equals.lowerBound].prefix { $0 != " " },
            rest[equals.upperBound...].prefix { $0.isNumber || $0 == "." })
        }
      }
      return found
    })

  /// Go's own list of what a module needs; `replace` puts another in the place of one.
  static let goModule = PackageExtractor(
    name: "go.mod", matches: .named(["go.mod"]),
    read: { bytes, path in
      var needed: [String: String] = [:]
      var block = ""
      var replaced: [(String, String?, String?)] = []
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
        case "require" where words.count >= 2: needed[words[0]] = words[1]
        case "replace":
          guard let arrow = words.firstIndex(of: "=>"), arrow > 0, arrow + 1 < words.count else { continue }
          replaced.append((words[0], words[arrow + 1], arrow + 2 < words.count ? words[arrow + 2] : nil))
        case "go" where words.count == 1: break
        default: break
        }
      }
      for (old, new, version) in replaced where needed[old] != nil {
        needed[old] = nil
        // A folder beside the project is part of it.
        if let new, let version { needed[new] = version }
      }
      return needed.sorted { $0.key < $1.key }.map { package("Go", $0.key, String($0.value.drop { $0 == "v" }), path) }
    })
}
