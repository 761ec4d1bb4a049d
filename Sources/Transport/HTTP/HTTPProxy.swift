package import AsyncHTTPClient
package import Findings

/// The proxy between this machine and a server: as configured, or by the variables that curl reads.
package enum HTTPProxy {
  /// - Parameters:
  ///   - own: what the configuration names, before anything of the environment.
  ///   - context: for messages.
  package static func find(
    _ own: String?, for address: ServerAddress, environment: (String) -> String?, context: String
  ) throws(BartizanError) -> HTTPClient.Configuration.Proxy? {
    var text = own
    if text == nil, !address.isExemptFromProxy(environment("NO_PROXY") ?? environment("no_proxy") ?? "") {
      text =
        address.isSecure
        ? environment("HTTPS_PROXY") ?? environment("https_proxy")
        : environment("HTTP_PROXY") ?? environment("http_proxy")
    }
    guard let text, !text.isEmpty else { return nil }
    let withScheme = text.contains("://") ? text : "http://" + text
    if withScheme.hasPrefix("socks5"), let proxy = ServerAddress(anyScheme: withScheme) {
      return .socksServer(host: proxy.host, port: proxy.port ?? 1080)
    }
    guard withScheme.hasPrefix("http://"), let proxy = ServerAddress(withScheme) else {
      throw BartizanError(
        .input,
        "\(context): the proxy \(ServerAddress.withoutPassword(text)) is none that is spoken; http and socks5 are"
      )
    }
    let authorization = proxy.user.map {
      HTTPClient.Authorization.basic(username: $0, password: proxy.password ?? "")
    }
    return .server(host: proxy.host, port: proxy.port ?? 80, authorization: authorization)
  }
}
