import Bytes

extension PackageExtractor {
  private static func npm(_ name: String, _ version: String, _ path: String) -> SoftwarePackage {
    SoftwarePackage(ecosystem: Ecosystem("npm"), name: name, version: version, path: path)
  }

  /// `@scope/name@1.2.3` or `name@npm:1.2.3` before the at sign of its version.
  private static func split(_ text: some StringProtocol) -> (name: String, rest: String)? {
    let body = text.dropFirst()
    guard let first = text.first, let at = body.firstIndex(of: "@") else { return nil }
    return (String(first) + body[..<at], String(body[body.index(after: at)...]))
  }

  /// Yarn, the first and the later formats.
  static let yarnLock = PackageExtractor(
    name: "yarn.lock", matches: .named(["yarn.lock"]),
    read: { bytes, path in
      var found: [SoftwarePackage] = []
      var seen = Set<SoftwarePackage>()
      var name: String?
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
        if !line.hasPrefix(" ") {
          name = split(line.drop { $0 == "\"" }).flatMap { pair in
            // Packages of the project's own, and patches of others.
            pair.rest.hasPrefix("workspace:") || pair.rest.hasPrefix("patch:") || pair.rest.hasPrefix("link:")
              ? nil : pair.rest.hasPrefix("npm:@") ? split(pair.rest.dropFirst(4))?.name ?? pair.name : pair.name
          }
          continue
        }
        guard let own = name, line.hasPrefix("  version") else { continue }
        let value = line.dropFirst(9).drop { $0 == " " || $0 == ":" || $0 == "\"" }.prefix {
          $0 != "\"" && !$0.isWhitespace
        }
        name = nil
        let package = npm(own, String(value), path)
        if !value.isEmpty, value != "0.0.0-use.local", seen.insert(package).inserted { found.append(package) }
      }
      return found
    })

  /// pnpm, formats 5 to 9; development packages are left out where the file marks them.
  static let pnpmLock = PackageExtractor(
    name: "pnpm-lock.yaml", matches: .named(["pnpm-lock.yaml"]),
    read: { bytes, path in
      var found: [SoftwarePackage] = []
      var seen = Set<SoftwarePackage>()
      for document in YAMLReader.readStream(bytes).documents {
        for entry in document["packages"]?.entries ?? [] where entry.value["dev"]?.bool != true {
          var key = entry.key[...]
          if key.hasPrefix("/") { key = key.dropFirst() }
          // What peers a package was installed with stands in brackets, or behind an underscore.
          key = key.prefix { $0 != "(" }
          let named = entry.value["name"]?.string.flatMap { name in entry.value["version"]?.text.map { (name, $0) } }
          let pair: (String, String)?
          if let named {
            pair = named
          } else if let parts = split(key), !parts.rest.contains("/") {
            pair = (parts.name, parts.rest)
          } else if let slash = key.lastIndex(of: "/") {
            pair = (String(key[..<slash]), String(key[key.index(after: slash)...].prefix { $0 != "_" }))
          } else {
            pair = nil
          }
          guard let pair, let first = pair.1.first, first.isNumber else { continue }
          let package = npm(pair.0, pair.1, path)
          if seen.insert(package).inserted { found.append(package) }
        }
      }
      return found
    })

  /// Bun's text format: JSON with comments and trailing commas.
  static let bunLock = PackageExtractor(
    name: "bun.lock", matches: .named(["bun.lock"]),
    read: { bytes, path in
      guard let document = try? JSONReader.read(RelaxedJSON.strict(bytes)) else { return [] }
      var seen = Set<SoftwarePackage>()
      return (document["packages"]?.entries ?? []).compactMap { entry in
        guard let text = entry.value.elements.first?.string, let pair = split(text), pair.rest.first?.isNumber == true
        else { return nil }
        let package = npm(pair.name, pair.rest, path)
        return seen.insert(package).inserted ? package : nil
      }
    })
}

/// JSON as people write it: without comments and trailing commas it is JSON.
enum RelaxedJSON {
  static func strict(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    var isText = false
    while index < bytes.count {
      let byte = bytes[index]
      if isText {
        result.append(byte)
        if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
          index += 1
          result.append(bytes[index])
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isText = true
        result.append(byte)
      } else if byte == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "/") {
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        continue
      } else if byte == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "*") {
        index += 2
        while index + 1 < bytes.count, !(bytes[index] == UInt8(ascii: "*") && bytes[index + 1] == UInt8(ascii: "/")) {
          index += 1
        }
        index += 2
        continue
      } else {
        if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
          // A comma before the end of a list is dropped, blanks between them or not.
          var last = result.count - 1
          while last >= 0, result[last] <= 0x20 { last -= 1 }
          if last >= 0, result[last] == UInt8(ascii: ",") { result.remove(at: last) }
        }
        result.append(byte)
      }
      index += 1
    }
    return result
  }
}
