import AsyncHTTPClient
import Bytes

/// The proxy between this machine and a server: as configured, or by the variables that curl and Go's programs read.
struct HTTPProxy: Sendable {
  let configuration: AsyncHTTPClient.HTTPClient.Configuration.Proxy
  /// As it may be shown.
  let text: String

  /// - Returns: nil where the server is spoken to directly: this machine and its link always are, unless the configuration
  ///   itself names a proxy.
  static func find(for url: HTTPURL, _ settings: HTTPSettings) throws(ConnectionError) -> HTTPProxy? {
    var text = settings.proxy
    if text == nil {
      func variable(_ name: String) -> String? {
        [name, name.lowercased()].lazy.compactMap { settings.environment($0) }.first { !$0.isEmpty }
      }
      guard !HTTPHost.isLoopback(url.host), !HTTPHost.isLinkLocal(url.host),
        !isExempt(url, variable("NO_PROXY") ?? "")
      else { return nil }
      text = variable(url.isSecure ? "HTTPS_PROXY" : "HTTP_PROXY")
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

  /// Whether a `NO_PROXY` list names the host: a name, a domain with or without a leading dot, an address, a range of them,
  /// any of these with a port, or `*`.
  ///
  /// Source: curl, `NO_PROXY`; Go, `golang.org/x/net/http/httpproxy`.
  static func isExempt(_ url: HTTPURL, _ list: String) -> Bool {
    list.split(separator: ",").contains { raw in
      var word = raw.filter { !$0.isWhitespace }.lowercased()
      if word == "*" { return true }
      if HTTPURL.address(word) == nil, !word.hasPrefix("["), let colon = word.lastIndex(of: ":"),
        let port = Int(word[word.index(after: colon)...])
      {
        guard port == url.origin.port else { return false }
        word = String(word[..<colon])
      }
      if let slash = word.firstIndex(of: "/") {
        return isWithin(url.host, String(word[..<slash]), Int(word[word.index(after: slash)...]))
      }
      if word.hasPrefix("*.") { word.removeFirst() }
      if word.hasPrefix(".") { return url.host.hasSuffix(word) }
      return !word.isEmpty && (url.host == word || url.host.hasSuffix("." + word))
    }
  }

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
