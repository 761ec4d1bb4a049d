import FakeCluster
import NIOSSL
import TestKit
import Testing
import Transport

/// Credentials and what is relaxed belong to one host.
@Suite struct SecrecyTests {
  private static let answer = LoopbackServer.Answer.full(status: 200, headers: [], body: [])

  private static func kind(_ request: HTTPRequest, _ settings: HTTPSettings) async -> ConnectionError.Kind? {
    let client = HTTPClient(settings)
    var kind: ConnectionError.Kind?
    do throws(ConnectionError) { _ = try await client.send(request) } catch { kind = error.kind }
    await client.close()
    return kind
  }

  /// Over plain HTTP, and with a certificate that was only looked at, nothing secret goes unless the user said so.
  @Test(
    arguments: ["plain", "plain that is meant", "an agent", "inspected", "waived", "nothing secret"], [true, false])
  func whatIsSecretGoesOnlyWhereItMay(_ way: String, _ isHeader: Bool) async throws {
    let log = RequestLog()
    let isSecure = way == "inspected" || way == "waived"
    let tls = try ConnectionErrorTests.tls(try VirtualAuthority.selfSigned(names: ["localhost"], address: nil))
    let server = try await LoopbackServer(tls: isSecure ? tls : nil) { request in
      log.add(request)
      return Self.answer
    }
    var host = HostSettings()
    host.sendsCredentialsInClear = way == "plain that is meant"
    host.verification = way == "inspected" ? .inspection : way == "waived" ? .waived : .full
    let settings = ConnectionErrorTests.settings { $0.hosts = ["127.0.0.1": host] }
    var request = HTTPRequest(
      try #require(HTTPURL("\(isSecure ? "https" : "http")://127.0.0.1:\(server.port)/")), .post)
    request.mayBeOverheard = way == "an agent"
    if way != "nothing secret" {
      if isHeader { request.authorization = "Bearer secret" } else { request.hasSecrets = true }
      request.body = isHeader ? nil : Array("password=secret".utf8)
    }
    let isWithheld = way == "plain" || way == "inspected"
    #expect(await Self.kind(request, settings) == (isWithheld ? .credentialsWithheld : nil))
    #expect(log.requests.count == (isWithheld ? 0 : 1))
    await server.close()
  }

  /// Wherever a server sends us, its credentials stay with it.
  @Test(arguments: [false, true]) func redirectsLeaveCredentialsBehind(_ isOwn: Bool) async throws {
    let (first, second) = (RequestLog(), RequestLog())
    let other = try await LoopbackServer(tls: nil) { request in
      second.add(request)
      return Self.answer
    }
    let target = isOwn ? "/there" : "http://127.0.0.1:\(other.port)/there"
    let server = try await LoopbackServer(tls: nil) { request in
      first.add(request)
      return request.uri == "/there" ? Self.answer : .full(status: 307, headers: [("Location", target)], body: [])
    }
    var host = HostSettings()
    host.sendsCredentialsInClear = true
    let settings = ConnectionErrorTests.settings { $0.hosts = ["127.0.0.1": host] }
    var request = HTTPRequest(try #require(HTTPURL("http://127.0.0.1:\(server.port)/here")))
    request.authorization = "Basic secret"
    request.headers = [("Cookie", "secret"), ("Accept", "x")]
    request.redirects = .careful
    #expect(await Self.kind(request, settings) == nil)
    #expect(first.requests.allSatisfy { $0.header("Authorization") == "Basic secret" })
    #expect(first.requests.count == (isOwn ? 2 : 1) && second.requests.count == (isOwn ? 0 : 1))
    for request in second.requests {
      #expect(request.header("Authorization") == nil && request.header("Cookie") == nil)
      #expect(request.header("Accept") == "x")
    }
    // What a form holds is not sent on at all.
    request.hasSecrets = true
    #expect(await Self.kind(request, settings) == (isOwn ? nil : .redirectRefused))
    await server.close()
    await other.close()
  }

  /// A server for which nothing is verified sends us to one for which everything is.
  @Test func whatIsRelaxedForOneHostIsNotForAnother() async throws {
    let authority = try VirtualAuthority()
    let log = RequestLog()
    let (own, others) = (try authority.server(), try authority.server(names: ["localhost"], address: nil))
    let other = try await LoopbackServer(tls: try FakeCluster.mutualTLS(authority, others, clientsToo: false)) {
      request in
      log.add(request)
      return Self.answer
    }
    let target = "https://localhost:\(other.port)/"
    let server = try await LoopbackServer(tls: try ConnectionErrorTests.tls(own)) { _ in
      .full(status: 302, headers: [("Location", target)], body: [])
    }
    var host = HostSettings()
    host.verification = .waived
    var settings = ConnectionErrorTests.settings { $0.hosts = ["127.0.0.1": host] }
    var request = HTTPRequest(try #require(HTTPURL("https://127.0.0.1:\(server.port)/")))
    request.redirects = .careful
    #expect(await Self.kind(request, settings) == .certificateUntrusted)
    #expect(log.requests.isEmpty)
    settings.trust = .systemAnd(Array(authority.certificate.utf8))
    #expect(await Self.kind(request, settings) == nil)
    #expect(log.requests.count == 1)
    await server.close()
    await other.close()
  }

  /// Who listens at another port of a host may be somebody else.
  @Test(arguments: [true, false]) func aClientCertificateIsForOnePort(_ isOwn: Bool) async throws {
    let authority = try VirtualAuthority()
    let server = try await LoopbackServer(
      tls: try FakeCluster.mutualTLS(authority, try authority.server(), clientsToo: true)
    ) { _ in Self.answer }
    let client = try authority.client("us")
    var host = HostSettings()
    host.clientCertificate = .init(chain: Array(client.certificate.utf8), key: Array(client.key.utf8))
    host.clientCertificatePort = isOwn ? server.port : server.port ^ 1
    var settings = ConnectionErrorTests.settings { $0.hosts = ["127.0.0.1": host] }
    settings.trust = .systemAnd(Array(authority.certificate.utf8))
    let request = HTTPRequest(try #require(HTTPURL("https://127.0.0.1:\(server.port)/")))
    #expect((await Self.kind(request, settings) == nil) == isOwn)
    await server.close()
  }

  @Test(arguments: [
    ("https://a.example/", "http://a.example/", false), ("https://a.example/", "https://b.example/", true),
    ("http://a.example/", "http://b.example/", true), ("http://a.example/", "https://b.example/", true),
    ("https://a.example/", "https://alice@b.example/", false), ("https://a.example/", "https://127.0.0.1/", false),
    ("https://a.example/", "https://169.254.169.254/latest", false), ("https://a.example/", "https://10.0.0.1/", false),
    ("https://10.0.0.2/", "https://10.0.0.1/", true), ("http://a.example/", "http://metadata.google.internal/", false),
    ("http://localhost/", "http://127.0.0.1:1/", true), ("http://localhost/", "http://10.0.0.1/", true),
    // Never further inside, in any spelling.
    ("http://10.0.0.2/", "http://127.0.0.1/", false), ("http://10.0.0.2/", "http://0.0.0.0/", false),
    ("http://10.0.0.2/", "http://[::1]/", false), ("http://10.0.0.2/", "http://localhost./", false),
    ("http://127.0.0.1/", "http://169.254.169.254/", false), ("http://127.0.0.1/", "http://2852039166/", false),
    ("http://127.0.0.1/", "http://0xa9.0xfe.0xa9.0xfe/", false),
    ("http://127.0.0.1/", "http://[::ffff:169.254.169.254]/", false),
    ("http://127.0.0.1/", "http://[64:ff9b::a9fe:a9fe]/", false),
    ("http://127.0.0.1/", "http://[fd00:ec2::254]/", false),
    ("http://127.0.0.1/", "http://100.100.100.200/", false),
    ("http://localhost/", "http://metadata.google.internal./", false),
    ("https://a.example/", "https://192.0.0.192/", false),
  ])
  func redirectsAreJudged(_ from: String, _ to: String, _ isFollowed: Bool) throws {
    let (from, to) = (try #require(HTTPURL(from)), try #require(HTTPURL(to)))
    #expect((RedirectRule.refusal(from: from, to: to) == nil) == isFollowed)
  }

  @Test(arguments: [429, 502, 503]) func whatIsBusyIsAskedAgain(_ status: Int) async throws {
    let log = RequestLog()
    let server = try await LoopbackServer(tls: nil) { request in
      log.add(request)
      return log.requests.count < 3 ? .full(status: status, headers: [("Retry-After", "0")], body: []) : Self.answer
    }
    let client = HTTPClient(ConnectionErrorTests.settings())
    var request = HTTPRequest(try #require(HTTPURL("http://127.0.0.1:\(server.port)/")))
    request.retries = RetryRule(tries: 2, longestWait: .zero)
    #expect(try await client.send(request).status == status)
    request.retries.tries = 4
    let response = try await client.send(request)
    #expect(response.status == 200 && response.attempts == 1 && log.requests.count == 3)
    await client.close()
    await server.close()
  }

  static let waits: [(String?, Int, Int)] = [
    ("5", 1, 5), ("1e9", 1, 30), ("-1", 2, 1), ("nan", 2, 1), ("35µs", 2, 1), (nil, 2, 1), (nil, 99, 16),
  ]

  @Test(arguments: waits)
  func waitsAreBounded(_ header: String?, _ attempt: Int, _ seconds: Int) {
    let rule = RetryRule(tries: 4, longestWait: .seconds(30))
    #expect(rule.wait(header, attempt: attempt) == .seconds(seconds))
  }
}
