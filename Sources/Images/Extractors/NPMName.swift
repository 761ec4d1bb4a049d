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

  /// Whether it is an alias for any version: `npm:lodash`.
  static func isAlias(_ range: String) -> Bool {
    range.hasPrefix("npm:") && isName(range.dropFirst(4)) && !isVersion(range.dropFirst(4))
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
    guard isName(name), isVersion(version), VersionOrder.semver.isVersion(version) else { return nil }
    return SoftwarePackage(ecosystem: Ecosystem("npm"), name: name, version: version, path: path)
  }

  /// What an entry of a lock file comes to.
  enum Reading {
    case package(SoftwarePackage)
    /// A part of the project itself, or what lies in its folders.
    case own
    /// Which version it is cannot be told, with what stands in its place.
    case open(UnresolvedDependency.Reason, String)
  }

  /// - Parameters:
  ///   - text: what the file has for a version: that, an alias, an address, a path; nil where it has none.
  ///   - isText: whether the file has it as a text.
  static func read(_ name: String, _ text: String?, _ path: String, isText: Bool = true) -> Reading {
    guard let text else { return .open(.missing, "") }
    let whole = VersionText.text(VersionText.trimmed(text))
    let alias = target(whole)
    let (name, version) = (alias?.name ?? name, alias?.version ?? whole)
    for own in ["workspace:", "link:", "portal:", "file:", "root:"] where version.hasPrefix(own) {
      let place = String(version.dropFirst(own.count).prefix { $0 != "#" })
      if let packed = inAddress(place, name), let package = package(packed.name, packed.version, path) {
        return .package(package)
      }
      let isOutside = own != "workspace:" && own != "root:" && ProjectPath.resolve(place, from: path) == nil
      return isOutside ? .open(.outside, place) : .own
    }
    guard isText else { return .open(.unreadable, version) }
    if let package = package(name, version, path) { return .package(package) }
    if isAddress(version) {
      if let packed = inAddress(version, name), let package = package(packed.name, packed.version, path) {
        return .package(package)
      }
      return .open(.source, version)
    }
    return .open(.unreadable, isName(name) ? version : name)
  }

  /// Whether it says where to fetch something, not which version of it.
  private static func isAddress(_ text: String) -> Bool {
    text.contains("://") || text.hasPrefix("git") || text.contains("/") && !text.contains(" ")
  }

  /// The package that an archive holds, by the name that registries give it: `…/@scope/name/-/name-1.2.3.tgz`, `name-1.2.3.tgz`.
  ///
  /// - Parameter name: of the package, as the file has it.
  private static func inAddress(_ address: String, _ name: String) -> (name: String, version: String)? {
    let plain = address.prefix { $0 != "?" && $0 != "#" }
    guard let ending = [".tgz", ".tar.gz"].first(where: { plain.hasSuffix($0) }) else { return nil }
    let parts = plain.dropLast(ending.count).split(separator: "/").map(String.init)
    guard let file = parts.last else { return nil }
    var own = name
    if let mark = parts.lastIndex(of: "-"), mark > 0, mark == parts.count - 2 {
      let scope = mark > 1 && parts[mark - 2].hasPrefix("@") ? parts[mark - 2] + "/" : ""
      own = scope + parts[mark - 1].replacing("%2f", with: "/").replacing("%2F", with: "/")
    }
    let bare = own.split(separator: "/").last.map(String.init) ?? own
    guard file.hasPrefix(bare + "-") else { return nil }
    return (own, String(file.dropFirst(bare.count + 1)))
  }
}

extension Extraction {
  /// Takes what an entry of a lock file comes to.
  ///
  /// - Parameters:
  ///   - name: as the file has it.
  ///   - line: from 1; 0 where none is known.
  ///   - seen: packages that the file named before.
  mutating func take(
    _ reading: NPMName.Reading, named name: String, _ path: String, line: Int, unless seen: inout Set<SoftwarePackage>
  ) {
    switch reading {
    case .own: return
    case .open(let reason, let detail): leave(name, reason, detail, in: "npm", path, line: line)
    case .package(let package): if seen.insert(package).inserted { packages.append(package) }
    }
  }
}
