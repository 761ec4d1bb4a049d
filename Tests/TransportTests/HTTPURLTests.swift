import Testing
import Transport

@Suite struct HTTPURLTests {
  static let hosts: [(String, Bool, Bool)] = [
    ("localhost", true, true), ("a.localhost", true, true), ("127.8.9.1", true, true), ("::1", true, true),
    ("::ffff:127.0.0.1", true, true), ("169.254.169.254", false, true), ("metadata.google.internal", false, true),
    ("fe80::1", false, true), ("10.1.2.3", false, true), ("172.16.0.1", false, true), ("192.168.1.1", false, true),
    ("100.64.0.1", false, true), ("fd00::1", false, true), ("::", false, true), ("0.0.0.0", false, true),
    ("2130706433", false, true), ("0x7f.1", false, true), ("127.1", false, true), ("::ffff:10.0.0.1", false, true),
    ("172.32.0.1", false, false), ("8.8.8.8", false, false), ("registry.example", false, false),
    ("2001:db8::1", false, false),
    ("10.example", false, false), ("localhost.", true, true), ("ip6-localhost", true, true), ("fec0::1", false, true),
    ("64:ff9b::a00:1", false, true), ("64:ff9b::808:808", false, false), ("2002:a00:1::1", false, true),
    ("2002:808:808::1", false, false), ("::a00:1", false, true), ("::7f00:1", false, true),
    ("metadata.google.internal.", false, true), ("64:ff9b:1::a00:1", false, true), ("192.0.0.192", false, true),
    ("198.18.0.1", false, true), ("198.20.0.1", false, false), ("255.255.255.255", false, true),
    ("0xa9fea9fe", false, true), ("0251.0376.0251.0376", false, true), ("192.0.2.1", false, false),
  ]

  @Test(arguments: [
    ("https://api.example", "https://api.example", "https://api.example"),
    ("HTTPS://API.Example:443/a?b=c#d", "https://api.example:443/a?b=c", "https://api.example"),
    ("http://localhost:8080/", "http://localhost:8080/", "http://localhost:8080"),
    ("https://[2001:DB8::1]:6443/x", "https://[2001:db8::1]:6443/x", "https://[2001:db8::1]:6443"),
    ("https://alice:secret@api.example/x", "https://api.example/x", "https://api.example"),
    ("https://under_score.example?x", "https://under_score.example?x", "https://under_score.example"),
  ])
  func partsAreRead(_ text: String, _ written: String, _ origin: String) throws {
    let url = try #require(HTTPURL(text))
    #expect(url.text == written && url.origin.text == origin)
    #expect(!url.shown.contains("secret") && !url.shown.contains("?"))
  }

  /// What readers of URLs take differently is none at all.
  @Test(arguments: [
    "", "api.example", "ftp://x", "https://", "https:///x", "https://a b", "https://a\\@b", "https://a\n.b/",
    "https://[::1", "https://[::1]x", "https://[fe80::1%25eth0]/", "https://a:0", "https://a:65536", "https://a:1:2",
    "https://a:+1", "https://ä.example", "https://a%2e.example", "https://a,b", "file:///etc/passwd", "//a", "https:/a",
  ])
  func othersAreNot(_ text: String) { #expect(HTTPURL(text) == nil) }

  /// Source: RFC 3986, section 5.4.
  @Test(arguments: [
    ("https://other.example/x", "https://other.example/x"), ("//other.example/x", "https://other.example/x"),
    ("/x?y", "https://a.example:1/x?y"), ("g", "https://a.example:1/b/c/g"), ("./g", "https://a.example:1/b/c/g"),
    ("../g", "https://a.example:1/b/g"), ("../../../g", "https://a.example:1/g"),
    ("g?y=/../x", "https://a.example:1/b/c/g?y=/../x"),
    ("?y", "https://a.example:1/b/c/d?y"), ("/x?u=http://z", "https://a.example:1/x?u=http://z"),
    ("http://plain.example", "http://plain.example"),
  ])
  func referencesLeadOn(_ reference: String, _ target: String) throws {
    let base = try #require(HTTPURL("https://a.example:1/b/c/d?q"))
    #expect(base.resolving(reference)?.text == target)
  }

  @Test(arguments: ["", "file:///etc/passwd", "javascript:x", "mailto:a@b", "https://a b", "http://"])
  func othersLeadNowhere(_ reference: String) throws {
    let base = try #require(HTTPURL("https://a.example/b"))
    #expect(base.resolving(reference) == nil)
  }

  @Test(arguments: hosts)
  func hostsWithinAreKnown(_ host: String, _ isLoopback: Bool, _ isInward: Bool) {
    #expect(HTTPHost.isLoopback(host) == isLoopback && HTTPHost.isInward(host) == isInward)
  }
}
