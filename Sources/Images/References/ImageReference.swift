/// The name of an image, as Docker and containerd read it.
///
/// Source: distribution/reference, "Grammar": `[domain[:port]/]path[:tag][@digest]`. A first part without a dot or a colon that
/// is not `localhost` belongs to the path, which then is one of Docker Hub, below `library/` when it has no other part.
package struct ImageReference: Sendable, Hashable {
  /// With its port: `docker.io`, `registry.example:5000`.
  package let registry: String
  package let repository: String
  /// Nil when only a digest names it.
  package let tag: String?
  /// `sha256:…` or another algorithm; nil when only a tag names it.
  package let digest: String?

  package static let hub = "docker.io"

  /// Nil for what the grammar does not accept, and for more than 600 bytes.
  package init?(_ text: String) {
    guard text.utf8.count <= 600 else { return nil }
    var rest = text[...]
    if let at = rest.firstIndex(of: "@") {
      let sum = String(rest[rest.index(after: at)...])
      guard Self.isDigest(sum) else { return nil }
      digest = sum
      rest = rest[..<at]
    } else {
      digest = nil
    }
    // A colon behind the last slash begins the tag; one before it a port.
    let name = rest.lastIndex(of: "/").map { rest.index(after: $0) } ?? rest.startIndex
    if let colon = rest[name...].firstIndex(of: ":") {
      let tag = rest[rest.index(after: colon)...]
      guard Self.isTag(tag) else { return nil }
      self.tag = String(tag)
      rest = rest[..<colon]
    } else {
      tag = digest == nil ? "latest" : nil
    }
    var registry = Self.hub
    if let slash = rest.firstIndex(of: "/") {
      let first = rest[..<slash]
      if first.contains(where: { $0 == "." || $0 == ":" }) || first == "localhost"
        || first.contains(where: \.isUppercase)
      {
        guard Self.isDomain(first) else { return nil }
        registry = String(first)
        rest = rest[rest.index(after: slash)...]
      }
    }
    if registry == "index.docker.io" { registry = Self.hub }
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy(Self.isPart), rest.utf8.count <= 255 else { return nil }
    // Sixty-four hexadecimal digits alone are an identifier, not a name.
    guard !(parts.count == 1 && rest.utf8.count == 64 && rest.allSatisfy(\.isHexDigit)) else { return nil }
    self.registry = registry
    repository = registry == Self.hub && parts.count == 1 ? "library/\(rest)" : String(rest)
  }

  /// In full, with the tag and the digest that it has.
  package var text: String {
    "\(registry)/\(repository)\(tag.map { ":" + $0 } ?? "")\(digest.map { "@" + $0 } ?? "")"
  }

  /// Whether the text that it was read from tells a tag or a digest.
  package func tellsVersion(in text: String) -> Bool { digest != nil || text.hasSuffix(":" + (tag ?? "")) }

  /// What a registry is asked for: the digest where there is one.
  package var identifier: String { digest ?? tag ?? "latest" }

  /// The rest of `docker://` or `registry:`; nil for a text without either.
  package static func withoutScheme(_ text: String) -> String? {
    for scheme in ["docker://", "registry:"] where text.hasPrefix(scheme) {
      return String(text.dropFirst(scheme.count))
    }
    return nil
  }

  private static func isDigest(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let length = ["sha256": 64, "sha512": 128][parts[0]] else { return false }
    return parts[1].utf8.count == length
      && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// Whether it is the name of a repository without its registry.
  package static func isRepository(_ text: some StringProtocol) -> Bool {
    (1...255).contains(text.utf8.count)
      && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isPart(Substring($0)) }
  }

  /// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`
  package static func isTag(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128, isWord(first) || first == UInt8(ascii: "_") else {
      return false
    }
    return text.utf8.allSatisfy { isWord($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
  }

  private static func isWord(_ byte: UInt8) -> Bool { isLower(byte) || (0x41...0x5A).contains(byte) }
  private static func isLower(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isDomain(_ text: Substring) -> Bool {
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      let after = text[text.index(after: close)...]
      return text[..<close].dropFirst().utf8.allSatisfy { isWord($0) || $0 == 0x3A }
        && (after.isEmpty || after.hasPrefix(":") && UInt16(after.dropFirst()) != nil)
    }
    let sides = text.split(separator: ":", omittingEmptySubsequences: false)
    guard sides.count <= 2, sides.count == 1 || UInt16(sides[1]) != nil else { return false }
    return sides[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      guard let first = label.utf8.first, let last = label.utf8.last else { return false }
      return isWord(first) && isWord(last) && label.utf8.allSatisfy { isWord($0) || $0 == 0x2D }
    }
  }

  /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
  private static func isPart(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, isLower(first), isLower(last) else { return false }
    var separators: [UInt8] = []
    for byte in text.utf8 {
      if isLower(byte) {
        guard
          separators.isEmpty || separators == [0x2E] || separators == [0x5F] || separators == [0x5F, 0x5F]
            || separators.allSatisfy({ $0 == 0x2D })
        else { return false }
        separators = []
      } else if byte == 0x2E || byte == 0x5F || byte == 0x2D {
        separators.append(byte)
      } else {
        return false
      }
    }
    return true
  }
}
