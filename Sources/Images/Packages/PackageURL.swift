import Bytes

/// A package URL. Source: ECMA-427 and the type definitions of package-url/purl-spec.
package struct PackageURL: Sendable, Hashable {
  package let type: String
  /// Such as a Maven group, an npm scope or a distribution; nil where there is none.
  package let namespace: String?
  package let name: String
  package let version: String?
  package let qualifiers: [String: String]
  /// Path within the package; nil for the whole package.
  package let subpath: String?

  /// Thrown for text that is not a package URL of a known shape.
  package struct Invalid: Error, Sendable {
    package let message: String
  }

  /// Reads the text of a purl; percent-encoding is undone and the rules of its type are applied.
  package init(_ text: String) throws(Invalid) {
    guard let colon = text.firstIndex(of: ":"), text[..<colon].lowercased() == "pkg" else {
      throw Invalid(message: "a package URL begins with \"pkg:\"")
    }
    var rest = text[text.index(after: colon)...]
    while rest.hasPrefix("/") { rest = rest.dropFirst() }
    var subpath: String?
    if let hash = rest.lastIndex(of: "#") {
      let parts = rest[rest.index(after: hash)...].split(separator: "/").map { Self.decoded($0) }
      let kept = parts.filter { $0 != "." && $0 != ".." }
      if !kept.isEmpty { subpath = kept.joined(separator: "/") }
      rest = rest[..<hash]
    }
    var qualifiers: [String: String] = [:]
    if let question = rest.lastIndex(of: "?") {
      for pair in rest[rest.index(after: question)...].split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count == 2 ? Self.decoded(parts[1]) : ""
        qualifiers[String(parts[0])] = value
      }
      rest = rest[..<question]
    }
    guard let slash = rest.firstIndex(of: "/") else { throw Invalid(message: "a package URL has a type and a name") }
    let type = String(rest[..<slash])
    rest = rest[rest.index(after: slash)...]
    var version: String?
    // The at sign of a scope stands before the last slash.
    let nameStart = rest.lastIndex(of: "/").map { rest.index(after: $0) } ?? rest.startIndex
    if let at = rest[nameStart...].lastIndex(of: "@") {
      version = Self.decoded(rest[rest.index(after: at)...])
      rest = rest[..<at]
    } else if let at = rest.lastIndex(of: "@"), at != rest.startIndex, !rest[at...].dropFirst().isEmpty,
      rest.index(before: at) >= rest.startIndex, rest[rest.index(before: at)] != "/"
    {
      // A version with slashes of its own.
      version = Self.decoded(rest[rest.index(after: at)...])
      rest = rest[..<at]
    }
    let parts = rest.split(separator: "/").map { Self.decoded($0) }
    guard let name = parts.last, !rest.hasSuffix("/") else { throw Invalid(message: "a package URL has a name") }
    try self.init(
      type: type, namespace: parts.count > 1 ? parts.dropLast().joined(separator: "/") : nil, name: name,
      version: version, qualifiers: qualifiers, subpath: subpath)
  }

  /// Puts the parts of a purl together by the rules of its type.
  package init(
    type: String, namespace: String?, name: String, version: String?, qualifiers: [String: String] = [:],
    subpath: String? = nil
  ) throws(Invalid) {
    let lower = type.lowercased()
    guard let first = lower.utf8.first, first &- 0x61 < 26,
      lower.utf8.allSatisfy({ $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E })
    else { throw Invalid(message: "\"\(type)\" is no type of package") }
    guard !name.isEmpty else { throw Invalid(message: "a package URL has a name") }
    let rules = Self.rules[lower] ?? Rules()
    var place = namespace.flatMap { text -> String? in
      let kept = text.split(separator: "/").joined(separator: "/")
      return kept.isEmpty ? nil : kept
    }
    if rules.namespace == .prohibited, place != nil { throw Invalid(message: "\(lower) packages have no namespace") }
    if rules.namespace == .required, place == nil { throw Invalid(message: "\(lower) packages have a namespace") }
    var own = name
    if rules.lowersNamespace { place = place?.lowercased() }
    if rules.lowersName { own = own.lowercased() }
    var number = version.flatMap { $0.isEmpty ? nil : $0 }
    if rules.lowersVersion { number = number?.lowercased() }
    var kept: [String: String] = [:]
    for (key, value) in qualifiers where !value.isEmpty {
      guard let first = key.utf8.first, first &- 0x30 >= 10,
        key.utf8.allSatisfy({
          $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F
        })
      else { throw Invalid(message: "\"\(key)\" is no key of a qualifier") }
      kept[key.lowercased()] = value
    }
    switch lower {
    case "pypi": own = own.lowercased().split(separator: "_", omittingEmptySubsequences: false).joined(separator: "-")
    case "pub":
      own = String(own.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" ? $0 : "_" })
    case "hackage": own = String(own.map { $0 == "_" ? "-" : $0 })
    case "mlflow": if kept["repository_url"]?.contains("databricks") == true { own = own.lowercased() }
    case "julia": if kept["uuid"] == nil { throw Invalid(message: "julia packages have a qualifier uuid") }
    case "swid": if kept["tag_id"] == nil { throw Invalid(message: "swid packages have a qualifier tag_id") }
    case "cpan":
      if own.contains("::") { throw Invalid(message: "a cpan distribution is named with dashes") }
      place = place?.uppercased()
    case "git":
      // The host is the namespace, and the name a path.
      let path = ((place.map { $0 + "/" } ?? "") + own).lowercased().split(separator: "/")
      if path.count > 1, let host = path.first {
        place = String(host)
        own = path.dropFirst().joined(separator: "/")
      }
    case "chrome-extension":
      guard own.utf8.count == 32, own.utf8.allSatisfy({ $0 &- 0x61 < 16 }) else {
        throw Invalid(message: "\"\(own)\" is no id of a Chrome extension")
      }
      if let number {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }) else {
          throw Invalid(message: "\"\(number)\" is no version of a Chrome extension")
        }
      }
    default: break
    }
    self.type = lower
    self.namespace = place
    self.name = own
    self.version = number
    self.qualifiers = kept
    self.subpath = subpath.flatMap { text in
      let parts = text.split(separator: "/").filter { $0 != "." && $0 != ".." }
      let joined = parts.joined(separator: "/")
      return joined.isEmpty ? nil : rules.lowersSubpath ? joined.lowercased() : joined
    }
  }

  /// The canonical text.
  package var text: String {
    var result = "pkg:\(type)/"
    if let namespace {
      result += namespace.split(separator: "/").map { Self.encoded($0) }.joined(separator: "/") + "/"
    }
    result +=
      type == "git" ? name.split(separator: "/").map { Self.encoded($0) }.joined(separator: "/") : Self.encoded(name)
    if let version { result += "@" + Self.encoded(version) }
    if !qualifiers.isEmpty {
      result +=
        "?"
        + qualifiers.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.encoded($0.value))" }.joined(separator: "&")
    }
    if let subpath { result += "#" + subpath.split(separator: "/").map { Self.encoded($0) }.joined(separator: "/") }
    return result
  }

  // MARK: Types

  private struct Rules {
    enum Presence {
      case optional
      case required
      case prohibited
    }

    var namespace = Presence.optional
    var lowersNamespace = false
    var lowersName = false
    var lowersVersion = false
    var lowersSubpath = false
  }

  private static let rules: [String: Rules] = {
    var table: [String: Rules] = [:]
    func set(_ types: [String], _ change: (inout Rules) -> Void) {
      for type in types { change(&table[type, default: Rules()]) }
    }
    set(
      [
        "bazel", "bitnami", "cargo", "chrome-extension", "cocoapods", "conda", "cran", "gem", "hackage", "julia",
        "mlflow",
        "nuget", "oci", "opam", "otp", "pub", "vcpkg",
      ]
    ) { $0.namespace = .prohibited }
    set(
      [
        "alpm", "apk", "bitbucket", "composer", "deb", "git", "github", "golang", "huggingface", "maven", "qpkg", "rpm",
        "swift",
        "vscode-extension",
      ]
    ) { $0.namespace = .required }
    set(["golang", "composer", "maven", "git", "huggingface", "apk", "deb", "rpm", "alpm"]) { $0.namespace = .optional }
    set(
      [
        "alpm", "apk", "bitbucket", "brew", "composer", "deb", "github", "hex", "luarocks", "qpkg", "rpm",
        "vscode-extension", "yocto",
      ]
    ) { $0.lowersNamespace = true }
    set(
      [
        "alpm", "apk", "bitbucket", "bitnami", "brew", "chrome-extension", "composer", "deb", "github", "hex",
        "luarocks",
        "oci", "otp", "vscode-extension",
      ]
    ) { $0.lowersName = true }
    set(["huggingface", "oci", "vscode-extension"]) { $0.lowersVersion = true }
    set(["otp"]) { $0.lowersSubpath = true }
    return table
  }()

  // MARK: Percent-encoding

  /// A colon stays, which no part of a package URL needs escaped (ECMA-427, "Character encoding").
  private static let kept = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:".utf8)

  private static func encoded(_ text: some StringProtocol) -> String { PercentEncoding.encode(text, keeping: kept) }

  private static func decoded(_ text: some StringProtocol) -> String { PercentEncoding.decodeLeniently(text) }
}
