import Bytes

/// A name of the Common Platform Enumeration, as far as it tells a product and its version.
///
/// Source: NIST IR 7695, "URI Binding" and "Formatted String Binding".
struct PlatformName: Sendable {
  let product: String
  /// Nil for any, and for none.
  let version: String?
  let text: String

  /// Nil for what is no such name.
  init?(_ text: String) {
    let lower = text.lowercased()
    let isOld = lower.hasPrefix("cpe:/")
    guard isOld || lower.hasPrefix("cpe:2.3:") else { return nil }
    self.text = text
    var parts: [String] = [""]
    var isEscaped = false
    for character in lower.dropFirst(isOld ? 5 : 8) {
      if character == ":", !isEscaped {
        parts.append("")
      } else if character != "\\" || isEscaped {
        parts[parts.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    guard parts.count >= 3, !parts[2].isEmpty else { return nil }
    product = isOld ? PercentEncoding.decodeLeniently(parts[2]) : parts[2]
    version = parts.count > 3 && !["", "*", "-"].contains(parts[3]) ? parts[3] : nil
  }

  private static func bare(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

  /// Whether its product is called as a package is.
  func isNamed(_ name: String) -> Bool { !name.isEmpty && Self.bare(name) == Self.bare(product) }

  /// Whether it may be another name of something: products and packages are called alike, not the same.
  ///
  /// - Parameter versions: that the thing has; none where none is known.
  func isLike(_ names: [String], _ versions: [String]) -> Bool {
    let own = Self.bare(product)
    guard
      own.isEmpty || product == "*"
        || names.contains(where: { name in
          let other = Self.bare(name)
          return !other.isEmpty && (other.contains(own) || own.contains(other))
        })
    else { return false }
    guard let version, !versions.isEmpty else { return true }
    return versions.contains { theirs in
      // A package's version goes on where that of its product ends, behind an epoch.
      let bare = theirs.lowercased().drop { $0 == "v" }
      let rest = bare.firstIndex(of: ":").map { bare[bare.index(after: $0)...] } ?? bare
      return rest == version
        || rest.hasPrefix(version) && rest.dropFirst(version.count).first.map { !$0.isNumber && !$0.isLetter } ?? true
    }
  }
}
