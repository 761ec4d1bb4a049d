import Bytes
import Testing

@testable import Server

@Suite struct IdentityTests {
  @Test(arguments: [
    ("127.0.0.1:8787", "127.0.0.1:8787", true), ("127.8.8.8:1", "127.8.8.8:1", true), ("[::1]:9", "[::1]:9", true),
    ("localhost:0", "localhost:0", true), (":9443", "[::]:9443", false), ("0.0.0.0:1", "0.0.0.0:1", false),
    ("10.0.0.1:443", "10.0.0.1:443", false), ("[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1", false),
  ]) func addresses(_ text: String, _ shown: String, _ isLoopback: Bool) throws {
    let address = try #require(ListenAddress(text))
    #expect(address.isLoopback == isLoopback)
    #expect(IPAddress(address.host)?.value == IPAddress(ListenAddress(shown)?.host ?? "")?.value)
  }

  @Test(arguments: [
    "", "8787", "example.com:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
    "::1:80", "[127.0.0.1]:80", "1.2.3:80",
  ])
  func noAddresses(_ text: String) { #expect(ListenAddress(text) == nil) }

  @Test(arguments: [
    ("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Splunk abc", "abc"), ("Basic dXNlcjphYmM=", "abc"),
    ("ApiKey aWQ6YTpi", "a:b"), ("Basic dXNlcg==", nil), ("Basic !!", nil), ("Bearer", nil), ("Bearer ", nil),
    ("Digest abc", nil), ("", nil), ("Basic dXNlcjo=", nil),
  ]) func credentials(_ field: String, _ token: String?) {
    #expect(Credentials.token(authorization: field) == token)
  }

  @Test func tokensAreKeptAsHashes() throws {
    var list = TokenList()
    let first = list.make(.read, name: "a", created: "2026-11-28T00:00:00Z")
    let second = list.make(.admin, name: "b", created: "2026-11-28T00:00:00Z")
    #expect(first != second && first.hasPrefix("bzt_") && first.utf8.count >= 47)
    let text = String(decoding: list.json, as: UTF8.self)
    #expect(!text.contains(first) && !text.contains(second))
    let read = try TokenList(json: list.json)
    #expect(read.entry(of: first)?.name == "a" && read.entry(of: second)?.scope == .admin)
    #expect(read.entry(of: first + "x") == nil && read.entry(of: "") == nil)
    for bad in [
      "", "{}", "[]",
      #"{"apiVersion":"bartizan.dev/v1","kind":"TokenList","tokens":[{"name":"a","scope":"all","sha256":"00"}]}"#,
    ] {
      #expect(throws: TokenList.Invalid.self) { try TokenList(json: Array(bad.utf8)) }
    }
  }

  @Test func scopes() {
    #expect(TokenScope.admin.covers(.ingest) && TokenScope.read.covers(.read))
    #expect(
      !TokenScope.read.covers(.ingest) && !TokenScope.ingest.covers(.admission) && !TokenScope.read.covers(.admin))
  }

  @Test func rates() {
    var limit = RateLimit(perSecond: 3)
    let start = ContinuousClock.now
    func taken(_ client: String, _ at: Duration) -> Bool { limit.take(client, now: start + at) }
    #expect((0..<5).map { _ in taken("a", .zero) } == [true, true, true, false, false])
    #expect(taken("b", .zero))
    #expect(taken("a", .milliseconds(400)) && !taken("a", .milliseconds(400)))
    #expect((0..<5).map { _ in taken("a", .seconds(100)) } == [true, true, true, false, false])
    // A clock that goes back gives nothing.
    #expect(!taken("a", .seconds(50)))
  }

  @Test func dates() {
    #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(HTTPDate.text(-5) == "Thu, 01 Jan 1970 00:00:00 GMT")
  }
}
