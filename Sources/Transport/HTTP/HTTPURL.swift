import Glibc

/// An `http` or `https` URL (RFC 3986) in parts, as it goes out: what a server is asked and what a proxy is reached by.
///
/// Only what every reader of URLs understands alike is taken: a host is a name of letters, digits, `-`, `.` and `_`, or an
/// address; a text that one reader takes for one host and another for another is none.
package struct HTTPURL: Sendable, Hashable {
  /// In lower case.
  package let scheme: String
  /// In lower case, without the brackets of an IPv6 address.
  package let host: String
  /// As written; nil where the scheme's own is meant.
  package let port: Int?
  /// Path and query: begins with a slash or a question mark, or is empty.
  package let target: String
  package let user: String?
  package let password: String?

  package var isSecure: Bool { scheme == "https" }

  package init?(_ text: String) {
    self.init(anyScheme: text)
    guard scheme == "http" || scheme == "https" else { return nil }
  }

  /// - Parameter text: a URL of another scheme, too, such as `socks5://proxy:1080`.
  package init?(anyScheme text: String) {
    guard let end = text.firstRange(of: "://"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") })
    else { return nil }
    scheme = text[..<end.lowerBound].lowercased()
    guard let first = scheme.first, first.isLetter, scheme.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "+" })
    else {
      return nil
    }
    var rest = text[end.upperBound...]
    if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    target = String(rest[authorityEnd...])
    var authority = rest[..<authorityEnd]
    if let at = authority.lastIndex(of: "@") {
      let login = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = login.first.map(String.init)
      password = login.count > 1 ? String(login[1]) : nil
      authority = authority[authority.index(after: at)...]
    } else {
      user = nil
      password = nil
    }
    var portText: Substring?
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<close].lowercased()
      guard Self.address(host)?.count == 16 else { return nil }
      let after = authority[authority.index(after: close)...]
      if after.hasPrefix(":") { portText = after.dropFirst() } else if !after.isEmpty { return nil }
    } else {
      let colon = authority.firstIndex(of: ":")
      host = authority[..<(colon ?? authority.endIndex)].lowercased()
      portText = colon.map { authority[authority.index(after: $0)...] }
      guard !host.isEmpty, host.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else { return nil }
    }
    if let portText, !portText.isEmpty {
      guard portText.allSatisfy(\.isNumber), let number = UInt16(portText), number > 0 else { return nil }
      port = Int(number)
    } else {
      port = nil
    }
  }

  private init(scheme: String, host: String, port: Int?, target: String) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.target = target
    user = nil
    password = nil
  }

  /// The server that answers for it.
  package var origin: HTTPOrigin {
    HTTPOrigin(isSecure: isSecure, host: host, port: port ?? (isSecure ? 443 : 80))
  }

  /// Host and port as they stand in a URL and in the header `Host`.
  package var authority: String { Self.bracketed(host) + (port.map { ":\($0)" } ?? "") }

  /// Without a login.
  package var text: String { "\(scheme)://\(authority)\(target)" }

  /// As it may be shown: without a login and without its query, which may hold a signature.
  package var shown: String { "\(scheme)://\(authority)\(target.prefix { $0 != "?" }.prefix(200))" }

  /// Another path and query at the same server.
  package func at(_ target: String) -> HTTPURL { HTTPURL(scheme: scheme, host: host, port: port, target: target) }

  /// The same at another host, with the same port.
  package func at(host: String) -> HTTPURL { HTTPURL(scheme: scheme, host: host, port: port, target: target) }

  /// What a header such as `Location` leads to.
  ///
  /// Source: RFC 3986, section 5.2.
  ///
  /// - Returns: nil where that is no `http` or `https` URL.
  package func resolving(_ reference: String) -> HTTPURL? {
    if reference.contains("://"), let colon = reference.firstIndex(of: ":"),
      reference[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "+" || $0 == "-" || $0 == "." })
    {
      return HTTPURL(reference)
    }
    if reference.hasPrefix("//") { return HTTPURL("\(scheme):\(reference)") }
    let base = "\(scheme)://\(authority)"
    if reference.hasPrefix("/") { return HTTPURL(base + reference) }
    let path = target.prefix { $0 != "?" }
    if reference.hasPrefix("?") { return HTTPURL(base + path + reference) }
    guard !reference.isEmpty, !reference.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else { return nil }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
    let (relative, query) =
      reference.firstIndex(of: "?").map { (reference[..<$0], reference[$0...]) } ?? (reference[...], "")
    var parts = folder.split(separator: "/", omittingEmptySubsequences: false).dropFirst().dropLast()
    for part in relative.split(separator: "/", omittingEmptySubsequences: false) {
      switch part {
      case ".": continue
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return HTTPURL("\(base)/\(parts.joined(separator: "/"))\(query)")
  }

  /// A URL as it may be shown, whether it is one or not.
  package static func withoutPassword(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    let scheme = text.firstRange(of: "://").map { String(text[..<$0.upperBound]) } ?? ""
    return scheme + text[text.index(after: at)...]
  }

  static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

  /// The bytes of an address, 4 or 16, in the one notation of each; nil for anything else, a name above all.
  static func address(_ text: String) -> [UInt8]? {
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
    var six = in6_addr()
    if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
    return nil
  }
}

/// One server: what credentials and relaxed settings are bound to.
///
/// Source: RFC 9110, section 4.3.1, "origin".
package struct HTTPOrigin: Sendable, Hashable {
  package let isSecure: Bool
  /// In lower case, without brackets.
  package let host: String
  package let port: Int

  package var text: String {
    (isSecure ? "https://" : "http://") + HTTPURL.bracketed(host) + (port == (isSecure ? 443 : 80) ? "" : ":\(port)")
  }
}
