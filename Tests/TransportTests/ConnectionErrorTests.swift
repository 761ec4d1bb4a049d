import FakeCluster
import NIOSSL
import TestKit
import Testing
import Transport

/// What goes wrong between this machine and a server, by its kind.
@Suite struct ConnectionErrorTests {
  static func settings(
    _ authority: VirtualAuthority? = nil, _ change: (inout HTTPSettings) -> Void = { _ in }
  ) -> HTTPSettings {
    var settings = HTTPSettings()
    if let authority { settings.trust = .only(Array(authority.certificate.utf8)) }
    settings.timeouts.connect = .seconds(10)
    settings.timeouts.idle = .seconds(10)
    change(&settings)
    return settings
  }

  static func tls(_ pair: VirtualAuthority.Pair) throws -> TLSConfiguration {
    try .makeServerConfiguration(
      certificateChain: NIOSSLCertificate.fromPEMBytes(Array(pair.certificate.utf8)).map { .certificate($0) },
      privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(pair.key.utf8), format: .pem)))
  }

  /// What a GET of a URL ends with: a whole body of at most a hundred bytes, or an error.
  static func get(_ url: String, _ settings: HTTPSettings) async -> Result<[UInt8], ConnectionError> {
    let client = HTTPClient(settings)
    let result: Result<[UInt8], ConnectionError>
    do throws(ConnectionError) {
      guard let url = HTTPURL(url) else { throw ConnectionError(.badAddress, url) }
      var request = HTTPRequest(url)
      request.redirects = .careful
      result = .success(try await client.send(request).collect(atMost: 100))
    } catch {
      result = .failure(error)
    }
    await client.close()
    return result
  }

  static func kind(_ url: String, _ settings: HTTPSettings) async -> ConnectionError.Kind? {
    switch await get(url, settings) {
    case .success: return nil
    case .failure(let error):
      #expect(!error.message.isEmpty && !error.message.contains("\n"), "\(error.message)")
      return error.kind
    }
  }

  @Test func nobodyIsThere() async throws {
    let port = try ReservedPort()
    #expect(await Self.kind("http://127.0.0.1:\(port.number)/", Self.settings()) == .refused)
    #expect(await Self.kind("https://nowhere.invalid/", Self.settings()) == .unresolved)
  }

  /// Each wait ends: for TLS to begin, for the head of an answer, for a further byte, for the end of a body that drips.
  @Test(
    "registry/07-hang-on-stalled-handshake: every wait ends",
    arguments: ["handshake", "dripping handshake", "no answer", "dripping head", "no body", "dripping body"])
  func everyWaitEnds(_ stage: String) async throws {
    let script: RawServer.Script =
      switch stage {
      // A record of 16,128 bytes, which is not told to be no TLS before it is whole.
      case "dripping handshake": .init("\u{16}\u{03}\u{03}\u{3F}\u{00}", drips: 0)
      case "dripping head": .init("HTTP/1.1 200 OK\r\nX: ", drips: UInt8(ascii: "x"))
      case "no body": .init("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n")
      case "dripping body": .init("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", drips: UInt8(ascii: "x"))
      default: .init()
      }
    let server = try await RawServer(script)
    let settings = Self.settings { settings in
      settings.timeouts.connect = stage.hasSuffix("handshake") ? .milliseconds(200) : .seconds(60)
      settings.timeouts.idle = stage.hasPrefix("no ") ? .milliseconds(200) : .seconds(60)
      settings.timeouts.answer = stage == "dripping head" ? .milliseconds(200) : .seconds(60)
      settings.timeouts.body = .milliseconds(200)
    }
    let scheme = stage.hasSuffix("handshake") ? "https" : "http"
    let client = HTTPClient(settings)
    let url = try #require(HTTPURL("\(scheme)://127.0.0.1:\(server.port)/"))
    do throws(ConnectionError) {
      _ = try await client.send(HTTPRequest(url)).collect(atMost: 1 << 20)
      Issue.record("an answer")
    } catch {
      #expect(error.kind == (stage == "dripping body" ? .tooSlow : .timedOut), "\(error.kind): \(error.message)")
    }
    await client.close()
    await server.close()
  }

  /// Servers of several names show the certificate of the name that is asked for.
  ///
  /// Source: RFC 6066, section 3.
  @Test("registry/09-review-certificate-without-sni: the certificate of a name is asked for by that name")
  func certificatesAreAskedForByName() async throws {
    let server = try await RawServer(.init("no TLS", closes: true))
    let client = HTTPClient(Self.settings())
    let url = try #require(HTTPURL("https://localhost:\(server.port)/"))
    #expect(await client.certificate(of: url) == nil)
    #expect(server.received.contains("localhost"))
    await client.close()
    await server.close()
  }

  struct Said: Sendable, CustomTestStringConvertible {
    let says: String
    let scheme: String
    let kind: ConnectionError.Kind
    var testDescription: String { "\(scheme) \(kind.rawValue) \(says.prefix(30))" }

    init(_ says: String, _ scheme: String, _ kind: ConnectionError.Kind) {
      self.says = says
      self.scheme = scheme
      self.kind = kind
    }
  }

  static func redirect(_ target: String) -> String {
    "HTTP/1.1 302 Found\r\nLocation: \(target)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
  }

  static let said: [Said] = [
    Said("SSH-2.0-OpenSSH_9.2p1\r\n", "https", .tlsNotSpoken),
    Said("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "https", .tlsNotSpoken),
    Said("", "https", .closedEarly),
    Said("", "http", .closedEarly), Said("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", "http", .closedEarly),
    Said("SSH-2.0-OpenSSH_9.2p1\r\n", "http", .badAnswer), Said("HTTP/9.9 200 OK\r\n\r\n", "http", .badAnswer),
    Said("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "http", .tooLarge),
    Said(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n70\r\n" + String(repeating: "x", count: 0x70)
        + "\r\n0\r\n\r\n", "http", .tooLarge),
    Said(redirect("file:///etc/passwd"), "http", .redirectRefused), Said(redirect("/again"), "http", .redirectRefused),
    Said(redirect("http://a:b@127.0.0.1/"), "http", .redirectRefused),
  ]

  @Test(arguments: said) func whatTheServerSaysIsTold(_ said: Said) async throws {
    let server = try await RawServer(.init(said.says, closes: true))
    #expect(await Self.kind("\(said.scheme)://127.0.0.1:\(server.port)/", Self.settings()) == said.kind)
    await server.close()
  }

  @Test(arguments: ["trusted", "untrusted", "self-signed", "expired", "not yet valid", "wrong name", "old TLS"])
  func certificatesAreJudged(_ fault: String) async throws {
    let authority = try VirtualAuthority()
    var pair = try authority.server()
    switch fault {
    case "expired": pair = try authority.server(days: -1)
    case "not yet valid": pair = try authority.server(startsIn: 2)
    case "wrong name": pair = try authority.server(names: ["other.example"], address: [127, 0, 0, 2])
    case "self-signed": pair = try VirtualAuthority.selfSigned(names: ["localhost"], address: [127, 0, 0, 1])
    default: break
    }
    var tls = try Self.tls(pair)
    if fault == "old TLS" {
      tls.minimumTLSVersion = .tlsv1
      tls.maximumTLSVersion = .tlsv11
    }
    let server = try await LoopbackServer(tls: tls) { _ in .full(status: 200, headers: [], body: Array("here".utf8)) }
    let trusted = fault == "untrusted" ? try VirtualAuthority("another") : authority
    let result = await Self.get("https://127.0.0.1:\(server.port)/", Self.settings(trusted))
    await server.close()
    let wanted: [String: ConnectionError.Kind] = [
      "untrusted": .certificateUntrusted, "self-signed": .certificateUntrusted, "expired": .certificateExpired,
      "not yet valid": .certificateNotYetValid, "wrong name": .certificateWrongName, "old TLS": .tlsRefused,
    ]
    switch result {
    case .success(let body): #expect(fault == "trusted" && body == Array("here".utf8))
    case .failure(let error): #expect(error.kind == wanted[fault], "\(error.kind): \(error.message)")
    }
    if fault == "wrong name", case .failure(let error) = result {
      #expect(error.message.contains("valid for other.example, 127.0.0.2, not for 127.0.0.1"))
    }
  }

  struct Asked: Sendable, CustomTestStringConvertible {
    let host: String
    /// What the certificate must bear instead.
    let name: String?
    let names: [String]
    let address: [UInt8]?
    let isAccepted: Bool
    var testDescription: String { "\(host) \(name ?? "") \(names) \(address ?? [])" }

    init(_ host: String, _ name: String?, _ names: [String], _ address: [UInt8]?, _ isAccepted: Bool) {
      self.host = host
      self.name = name
      self.names = names
      self.address = address
      self.isAccepted = isAccepted
    }
  }

  static let asked: [Asked] = [
    Asked("localhost", nil, [], [127, 0, 0, 1], false), Asked("localhost", nil, ["localhost"], nil, true),
    Asked("127.0.0.1", nil, ["localhost"], nil, false), Asked("127.0.0.1", nil, [], [127, 0, 0, 1], true),
    Asked("127.0.0.1", "other.example", ["localhost"], [127, 0, 0, 1], false),
    Asked("127.0.0.1", "api.example", ["api.example"], nil, true),
    Asked("127.0.0.1", "10.0.0.1", [], [10, 0, 0, 1], true),
    Asked("127.0.0.1", "10.0.0.1", [], [127, 0, 0, 1], false),
    Asked("localhost", "127.0.0.1", [], [127, 0, 0, 1], true),
    Asked("localhost", nil, ["*"], [127, 0, 0, 1], false), Asked("localhost", nil, [], nil, false),
  ]

  /// A certificate that bears the address is for the address, and one that bears a name for the name; where the connection
  /// leads says nothing. Source: found in the field with a bearer token.
  @Test(arguments: asked) func serversAreWhoTheyWereAskedToBe(_ asked: Asked) async throws {
    let authority = try VirtualAuthority()
    // The common name is one that was asked for, and counts for nothing.
    let pair = try authority.server(names: asked.names, address: asked.address, commonName: asked.name ?? asked.host)
    let log = RequestLog()
    let server = try await LoopbackServer(tls: try Self.tls(pair)) { request in
      log.add(request)
      return .full(status: 200, headers: [], body: Array((request.header("Host") ?? "").utf8))
    }
    var own = HostSettings()
    own.certificateName = asked.name
    let settings = Self.settings(authority) { $0.hosts = [asked.host: own] }
    let client = HTTPClient(settings)
    var request = HTTPRequest(try #require(HTTPURL("https://\(asked.host):\(server.port)/")))
    request.authorization = "Bearer secret"
    do throws(ConnectionError) {
      let body = try await client.send(request).collect(atMost: 100)
      #expect(asked.isAccepted && String(decoding: body, as: UTF8.self) == "\(asked.host):\(server.port)")
    } catch {
      #expect(!asked.isAccepted && error.kind == .certificateWrongName, "\(error.kind): \(error.message)")
    }
    #expect(log.requests.count == (asked.isAccepted ? 1 : 0))
    await client.close()
    await server.close()
  }

  @Test(arguments: [true, false]) func serversThatWantACertificateSaySo(_ isStrange: Bool) async throws {
    let authority = try VirtualAuthority()
    let server = try await LoopbackServer(tls: try FakeCluster.mutualTLS(authority, try authority.server())) { _ in
      .full(status: 200, headers: [], body: [])
    }
    let stranger = try VirtualAuthority("another").client("mallory")
    var own = HostSettings()
    if isStrange {
      own.clientCertificate = .init(chain: Array(stranger.certificate.utf8), key: Array(stranger.key.utf8))
    }
    let settings = Self.settings(authority) { $0.hosts = ["127.0.0.1": own] }
    #expect(
      await Self.kind("https://127.0.0.1:\(server.port)/", settings)
        == (isStrange ? .clientCertificateRefused : .clientCertificateWanted))
    await server.close()
  }

  @Test(arguments: ["authority", "certificate", "key", "expired certificate", "proxy"])
  func settingsOfNoUseAreSaidBeforeAnythingIsAsked(_ what: String) throws {
    let authority = try VirtualAuthority()
    let client = try authority.client("alice", days: what == "expired certificate" ? -1 : 5)
    let chain = what == "certificate" ? Array("no PEM".utf8) : Array(client.certificate.utf8)
    let key = what == "key" ? Array("no PEM".utf8) : Array(client.key.utf8)
    var own = HostSettings()
    own.clientCertificate = .init(chain: chain, key: key)
    let settings = Self.settings { settings in
      settings.hosts = ["127.0.0.1": own]
      if what == "authority" { settings.trust = .only(Array("no PEM".utf8)) }
      if what == "proxy" { settings.proxy = "gopher://x" }
    }
    let url = try #require(HTTPURL("https://127.0.0.1:1"))
    #expect(throws: ConnectionError(what == "expired certificate" ? .clientCertificateExpired : .badSettings, "")) {
      try HTTPClient(settings).prepare(url)
    }
  }

  /// Programs that look at `SSL_CERT_FILE` are many; so does this one. An authority that is given comes beside it.
  @Test("registry/15-registry-ca-replaces-roots: an authority that is given comes beside those that are there")
  func authoritiesComeFromTheEnvironmentToo() async throws {
    let authority = try VirtualAuthority()
    let server = try await LoopbackServer(tls: try Self.tls(try authority.server())) { _ in
      .full(status: 200, headers: [], body: [])
    }
    let folder = try TemporaryFolder()
    try folder.write("ca.pem", authority.certificate)
    let path = folder.path
    let url = "https://127.0.0.1:\(server.port)/"
    var settings = HTTPSettings(environment: { $0 == "SSL_CERT_FILE" ? path + "/ca.pem" : nil })
    #expect(await Self.kind(url, settings) == nil)
    settings.trust = .systemAnd(Array(try VirtualAuthority("another").certificate.utf8))
    #expect(await Self.kind(url, settings) == nil)
    settings = HTTPSettings()
    #expect(await Self.kind(url, settings) == .certificateUntrusted)
    settings.trust = .systemAnd(Array(authority.certificate.utf8))
    #expect(await Self.kind(url, settings) == nil)
    settings = HTTPSettings(environment: { $0 == "SSL_CERT_FILE" ? path + "/none" : nil })
    #expect(await Self.kind(url, settings) == .badSettings)
    await server.close()
  }

  @Test func aCancelledTaskStaysCancelled() async throws {
    let server = try await RawServer(.init())
    let port = server.port
    let task = Task { await Self.kind("http://127.0.0.1:\(port)/", Self.settings()) }
    while server.received.isEmpty { await Task.yield() }
    task.cancel()
    #expect(await task.value == .cancelled)
    await server.close()
  }

  @Test func errorsAreEqualByTheirKinds() {
    #expect(ConnectionError(.refused, "a") == ConnectionError(.refused, "b"))
    #expect(ConnectionError(.refused, "a") != ConnectionError(.timedOut, "a"))
  }
}
