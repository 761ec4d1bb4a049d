import FakeCluster
import Testing

@testable import Transport

@Suite struct HTTPProxyTests {
  /// A request through the proxy of the environment, or past it.
  private static func received(_ url: String, _ variables: [String: String]) async throws -> String {
    let proxy = try await RawServer(.init("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
    let address = "http://user:p%40ss@127.0.0.1:\(proxy.port)"
    var settings = HTTPSettings { name in
      variables[name] ?? (name == "HTTPS_PROXY" || name == "http_proxy" ? address : nil)
    }
    settings.timeouts.connect = .seconds(10)
    let client = HTTPClient(settings)
    var kind: ConnectionError.Kind?
    do throws(ConnectionError) {
      _ = try await client.send(HTTPRequest(try HTTPURL(url).orThrow()))
    } catch {
      kind = error.kind
      #expect(!error.message.contains("p%40ss") && !error.message.contains("p@ss"))
    }
    await client.close()
    let received = proxy.received
    await proxy.close()
    #expect(received.isEmpty || kind == .proxyRefused, "\(String(describing: kind))")
    return received
  }

  @Test(arguments: ["https://api.invalid/x", "http://api.invalid/x"])
  func theEnvironmentNamesAProxy(_ url: String) async throws {
    let received = try await Self.received(url, [:])
    #expect(received.hasPrefix("CONNECT api.invalid:\(url.hasPrefix("https") ? 443 : 80) HTTP/1.1\r\n"))
    // user:p@ss
    #expect(received.contains("dXNlcjpwQHNz"))
  }

  @Test(arguments: [
    ("api.invalid", true), ("invalid", true), (".invalid", true), ("*.invalid", true), ("*", true),
    ("pi.invalid", false),
    ("x,api.invalid:443", true), ("api.invalid:80", false), ("", false), (" , ", false),
    ("other.example api.invalid", true), ("api.invalid.", true), (".invalid.:443", true), ("[2001:db8::1]:443", false),
    ("invalid.example\tinvalid", true), ("0/0", false),
  ])
  func someHostsAreExempt(_ list: String, _ isExempt: Bool) async throws {
    #expect(try await Self.received("https://api.invalid/", ["NO_PROXY": list]).isEmpty == isExempt)
  }

  /// Where no proxy is named for a scheme, the one for all of them is meant; addresses have more than one spelling.
  @Test(
    arguments: [
      (["ALL_PROXY": ""], false), ([:], true), (["NO_PROXY": "[2001:db8::9]"], false),
      (["NO_PROXY": "2001:db8:0::9"], false),
      (["no_proxy": "[2001:db8::9]:443"], false), (["NO_PROXY": "[2001:db8::9]:80"], true),
      (["NO_PROXY": "2001:db8::/32"], false),
    ] as [([String: String], Bool)])
  func theProxyForAll(_ variables: [String: String], _ isUsed: Bool) throws {
    let settings = HTTPSettings { variables[$0] ?? ($0 == "ALL_PROXY" ? "http://127.0.0.1:1" : nil) }
    let url = try #require(HTTPURL("https://[2001:db8::9]/"))
    #expect((try HTTPProxy.find(for: url, settings) != nil) == isUsed)
  }

  /// Neither this machine nor its link is reached by way of another; a range of addresses may be named.
  @Test func addressesAreExempt() async throws {
    let port = try ReservedPort()
    #expect(try await Self.received("https://127.0.0.1:\(port.number)/", [:]).isEmpty)
    #expect(try await Self.received("https://localhost:\(port.number)/", [:]).isEmpty)
    #expect(!(try await Self.received("https://192.0.2.9/", ["NO_PROXY": "192.0.2.0/29,2001:db8::/32,x/8"]).isEmpty))
  }
}

extension Optional where Wrapped == HTTPURL {
  fileprivate func orThrow() throws(ConnectionError) -> HTTPURL {
    guard let self else { throw ConnectionError(.badAddress, "no URL") }
    return self
  }
}
