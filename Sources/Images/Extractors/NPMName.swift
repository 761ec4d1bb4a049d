/// Names and versions of npm packages, as lock files put them together.
enum NPMName {
  /// `@scope/name@1.2.3` or `name@npm:1.2.3`: the name, and what stands behind the at sign of its version.
  static func split(_ text: some StringProtocol) -> (name: String, rest: String)? {
    let body = text.dropFirst()
    guard let first = text.first, let at = body.firstIndex(of: "@") else { return nil }
    return (String(first) + body[..<at], String(body[body.index(after: at)...]))
  }

  /// The package that an alias stands for: `lodash` of `npm:lodash@4.17.4`; nil for `npm:^1.0.0` and for what is no alias.
  static func target(_ range: some StringProtocol) -> (name: String, version: String)? {
    guard range.hasPrefix("npm:"), let pair = split(range.dropFirst(4)), isName(pair.name) else { return nil }
    return (pair.name, pair.rest)
  }

  /// Whether a registry could hold a package of this name.
  ///
  /// Source: docs.npmjs.com, "package.json", section "name"; old packages have capital letters.
  static func isName(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), text.utf8.count <= 214, let name = parts.last else { return false }
    if parts.count == 2, !(parts[0].hasPrefix("@") && parts[0].utf8.count > 1) { return false }
    guard let first = name.utf8.first, first != 0x2E, first != 0x40 else { return false }
    return name.utf8.allSatisfy { byte in
      byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
    }
  }

  /// Whether a text is a version, not a range, a tag or an address.
  static func isVersion(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, first &- 0x30 < 10 else { return false }
    return text.utf8.allSatisfy { byte in
      byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x2E || byte == 0x2B || byte == 0x5F
    }
  }

  static func package(_ name: String, _ version: String, _ path: String) -> SoftwarePackage? {
    guard isName(name), isVersion(version) else { return nil }
    return SoftwarePackage(ecosystem: Ecosystem("npm"), name: name, version: version, path: path)
  }
}
