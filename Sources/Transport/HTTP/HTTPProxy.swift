import AsyncHTTPClient
import Bytes

/// The proxy for a server, from the settings or the variables that curl and Go use.
struct HTTPProxy: Sendable {
  let configuration: AsyncHTTPClient.HTTPClient.Configuration.Proxy
  /// Its URL without a password, for messages.
  let text: String

  /// - Returns: nil for a direct connection. Loopback and link-local addresses are always direct, unless the settings
  ///   name a proxy.
  static func find(for url: HTTPURL, _ settings: HTTPSettings) throws(ConnectionError) -> HTTPProxy? {
    var text = settings.proxy
    if text == nil {
      func variable(_ name: String) -> String? {
        [name, name.lowercased()].lazy.compactMap { settings.environment($0) }.first { !$0.isEmpty }
      }
      guard !HTTPHost.isLoopback(url.host), !HTTPHost.isLinkLocal(url.host),
        !isExempt(url, variable("NO_PROXY") ?? "")
      else { return nil }
      text = variable(url.isSecure ? "HTTPS_PROXY" : "HTTP_PROXY") ?? variable("ALL_PROXY")
    }
    guard let text, !text.isEmpty else { return nil }
    let shown = HTTPURL.withoutPassword(text)
    let withScheme = text.contains("://") ? text : "http://" + text
    guard let proxy = HTTPURL(anyScheme: withScheme), ["http", "socks5", "socks5h"].contains(proxy.scheme) else {
      throw ConnectionError(.badSettings, "the proxy \(shown) is none that is spoken; http and socks5 are")
    }
    guard proxy.scheme == "http" else {
      return HTTPProxy(configuration: .socksServer(host: proxy.host, port: proxy.port ?? 1080), text: shown)
    }
    let login = proxy.user.map { user in
      AsyncHTTPClient.HTTPClient.Authorization.basic(
        username: PercentEncoding.decodeLeniently(user), password: PercentEncoding.decodeLeniently(proxy.password ?? "")
      )
    }
    return HTTPProxy(
      configuration: .server(host: proxy.host, port: proxy.port ?? 80, authorization: login), text: shown)
  }

  /// Whether a `NO_PROXY` list, with commas or blanks between its entries, covers the host: by name, by domain with or without a
  /// leading dot, by address (of IPv6 with or without brackets) or CIDR range, any of these with a port, or by `*`.
  ///
  /// Source: curl, `NO_PROXY`; Go, `golang.org/x/net/http/httpproxy`.
  static func isExempt(_ url: HTTPURL, _ list: String) -> Bool {
    let host = rootless(url.host)
    return list.split(whereSeparator: { $0 == "," || $0.isWhitespace }).contains { raw in
      var word = raw.lowercased()
      if word == "*" { return true }
      if HTTPURL.address(word) == nil, word.last != "]", let colon = word.lastIndex(of: ":"),
        let port = Int(word[word.index(after: colon)...])
      {
        guard port == url.origin.port else { return false }
        word = String(word[..<colon])
      }
      if word.hasPrefix("["), word.hasSuffix("]") { word = String(word.dropFirst().dropLast()) }
      if let slash = word.firstIndex(of: "/") {
        return isWithin(host, String(word[..<slash]), Int(word[word.index(after: slash)...]))
      }
      // Addresses have more than one spelling, and no domains.
      if let address = HTTPURL.address(word) { return HTTPURL.address(host) == address }
      if word.hasPrefix("*.") { word.removeFirst() }
      word = rootless(word)
      if word.hasPrefix(".") { return host.hasSuffix(word) }
      return !word.isEmpty && (host == word || host.hasSuffix("." + word))
    }
  }

  /// A name without the dot of the root at its end.
  private static func rootless(_ name: String) -> String { name.hasSuffix(".") ? String(name.dropLast()) : name }

  private static func isWithin(_ host: String, _ network: String, _ bits: Int?) -> Bool {
    guard let own = HTTPURL.address(host), let base = HTTPURL.address(network), own.count == base.count, let bits,
      (0...own.count * 8).contains(bits)
    else { return false }
    let whole = bits / 8
    guard own.prefix(whole) == base.prefix(whole) else { return false }
    let rest = bits % 8
    return rest == 0 || own[whole] >> (8 - rest) == base[whole] >> (8 - rest)
  }
}
