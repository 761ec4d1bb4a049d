/// The parts of an `http` or `https` URL (RFC 3986) that name a server.
package struct ServerAddress {
  package let scheme: String
  /// Without the brackets of an IPv6 address.
  package let host: String
  package let port: Int?
  /// Begins with a slash or is empty; never ends in one.
  package let path: String
  package let user: String?
  package let password: String?

  package var isSecure: Bool { scheme == "https" }

  package init?(_ text: String) {
    self.init(anyScheme: text)
    guard scheme == "http" || scheme == "https" else { return nil }
  }

  package init?(anyScheme text: String) {
    guard let end = text.firstRange(of: "://") else { return nil }
    scheme = text[..<end.lowerBound].lowercased()
    var rest = text[end.upperBound...]
    var path = ""
    if let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }) {
      guard rest[slash] == "/" else { return nil }
      path = String(rest[slash...])
      rest = rest[..<slash]
    }
    while path.hasSuffix("/") { path.removeLast() }
    guard !path.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) else { return nil }
    self.path = path
    if let at = rest.lastIndex(of: "@") {
      let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = String(login[0])
      password = login.count > 1 ? String(login[1]) : nil
      rest = rest[rest.index(after: at)...]
    } else {
      user = nil
      password = nil
    }
    var portText: Substring?
    if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
      host = String(rest[rest.index(after: rest.startIndex)..<close])
      let after = rest[rest.index(after: close)...]
      if after.hasPrefix(":") { portText = after.dropFirst() } else if !after.isEmpty { return nil }
    } else if let colon = rest.lastIndex(of: ":") {
      host = String(rest[..<colon])
      portText = rest[rest.index(after: colon)...]
    } else {
      host = String(rest)
    }
    if let portText {
      guard let number = UInt16(portText), number > 0 else { return nil }
      port = Int(number)
    } else {
      port = nil
    }
    guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
  }

  /// The URL with another host and without a login.
  package func text(host: String) -> String {
    scheme + "://" + (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "") + path
  }

  /// Whether a `NO_PROXY` list names the host: a name, a domain with or without a leading dot, an address, or `*`.
  package func isExemptFromProxy(_ list: String) -> Bool {
    list.split(separator: ",").contains { raw in
      var word = raw.filter { !$0.isWhitespace }.lowercased()
      if word == "*" { return true }
      if word.hasPrefix("*.") { word.removeFirst() }
      let own = host.lowercased()
      if word.hasPrefix(".") { return own.hasSuffix(word) }
      return !word.isEmpty && (own == word || own.hasSuffix("." + word))
    }
  }

  /// A URL as it may be shown.
  package static func withoutPassword(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    let scheme = text.firstRange(of: "://").map { String(text[..<$0.upperBound]) } ?? ""
    return scheme + text[text.index(after: at)...]
  }
}
