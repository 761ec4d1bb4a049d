import Bytes
import FakeCluster
import TestKit
import Testing
import Transport

@testable import Server

/// TLS of a listener: who is trusted by whom, and certificates that are replaced while it runs.
@Suite struct TLSTests {
  private static let now = UnixTime.now

  private static func status(
    _ port: Int, _ path: String, trusting authority: String, client: VirtualAuthority.Pair? = nil
  ) async throws -> (status: Int, text: String)? {
    var settings = HTTPSettings()
    settings.trust = .only(Array(authority.utf8))
    if let client {
      var host = HostSettings()
      host.clientCertificate = .init(chain: Array(client.certificate.utf8), key: Array(client.key.utf8))
      settings.hosts = ["127.0.0.1": host]
    }
    let connection = HTTPClient(settings)
    let url = try #require(HTTPURL("https://127.0.0.1:\(port)\(path)"))
    var found: (Int, String)?
    do throws(ConnectionError) {
      let response = try await connection.send(HTTPRequest(url))
      found = (response.status, String(decoding: try await response.collect(atMost: 1_000), as: UTF8.self))
    } catch {}
    await connection.close()
    return found
  }

  @Test func certificatesOfOurOwnAreTrustedByWhomTheAuthorityIs() async throws {
    let authority = try ServerAuthority.make(now: Self.now)
    // As it comes back from its files.
    let read = try ServerAuthority(certificate: authority.certificate, key: authority.key)
    let address = try #require(IPAddress("127.0.0.1"))
    let first = try read.serverPair(names: ["localhost"], addresses: [address], now: Self.now)
    let identity = try TLSIdentity(first.pair, clientAuthorities: nil)
    let listener = try await HTTPListener(
      ListenAddress(host: "127.0.0.1", port: 0), tls: identity, service: EchoService())
    let port = listener.address.port
    #expect(try await Self.status(port, "/a", trusting: authority.certificate)?.status == 200)
    #expect(try await Self.status(port, "/a", trusting: try ServerAuthority.make(now: Self.now).certificate) == nil)
    // A new certificate of the same authority, while it runs.
    let second = try read.serverPair(names: ["localhost"], addresses: [address], now: Self.now)
    #expect(second.pair != first.pair)
    try identity.replace(second.pair, clientAuthorities: nil)
    #expect(try await Self.status(port, "/a", trusting: authority.certificate)?.status == 200)
    await listener.stop()
  }

  @Test func certificatesAreMadeAnewInTime() throws {
    let authority = try ServerAuthority.make(now: Self.now)
    let expires = try authority.serverPair(names: ["a"], addresses: [], now: Self.now).expires
    let day = 86_400
    #expect(!ServerAuthority.isDue(expires: expires, now: Self.now))
    #expect(!ServerAuthority.isDue(expires: expires, now: Self.now + 19 * day))
    #expect(ServerAuthority.isDue(expires: expires, now: Self.now + 21 * day))
    // None outlives the authority, and there is none of one that has ended.
    #expect(
      try authority.serverPair(names: ["a"], addresses: [], now: authority.expires - day).expires == authority.expires)
    #expect(throws: ServerAuthority.Failure.self) {
      try authority.serverPair(names: ["a"], addresses: [], now: authority.expires)
    }
    #expect(throws: ServerAuthority.Failure.self) {
      try ServerAuthority(certificate: authority.certificate, key: try ServerAuthority.make(now: Self.now).key)
    }
    let pair = try authority.serverPair(names: ["a"], addresses: [], now: Self.now).pair
    #expect(CertificateExpiry.seconds(pair.certificate) == expires)
  }

  @Test func clientsAreKnownByTheirCertificates() async throws {
    let clients = try VirtualAuthority("clients")
    let others = try VirtualAuthority("others")
    let server = try ServerAuthority.make(now: Self.now)
    let address = try #require(IPAddress("127.0.0.1"))
    let pair = try server.serverPair(names: [], addresses: [address], now: Self.now).pair
    let identity = try TLSIdentity(pair, clientAuthorities: Array(clients.certificate.utf8))
    let listener = try await HTTPListener(
      ListenAddress(host: "127.0.0.1", port: 0), tls: identity, service: EchoService())
    func ask(_ client: VirtualAuthority.Pair?) async throws -> (status: Int, text: String)? {
      try await Self.status(listener.address.port, "/secret", trusting: server.certificate, client: client)
    }
    let known = try await ask(try clients.client("kube-apiserver", group: "masters"))
    #expect(known?.status == 200 && known?.text == "kube-apiserver of [\"masters\"]\n")
    #expect(try await ask(nil)?.status == 401)
    // One that is shown and does not hold is not the same as none.
    #expect(try await ask(try others.client("kube-apiserver")) == nil)
    #expect(try await ask(try clients.client("kube-apiserver", days: -1)) == nil)
    #expect(try await ask(try clients.server()) == nil)
    await listener.stop()
  }

  @Test func whatIsNoCertificateIsSaid() throws {
    let pair = try ServerAuthority.make(now: Self.now).serverPair(names: ["a"], addresses: [], now: Self.now).pair
    let other = try ServerAuthority.make(now: Self.now).serverPair(names: ["a"], addresses: [], now: Self.now).pair
    #expect(throws: TLSIdentity.Invalid.self) {
      try TLSIdentity(CertificatePair(certificate: [], key: pair.key), clientAuthorities: nil)
    }
    #expect(throws: TLSIdentity.Invalid.self) {
      try TLSIdentity(CertificatePair(certificate: pair.certificate, key: Array("x".utf8)), clientAuthorities: nil)
    }
    #expect(throws: TLSIdentity.Invalid.self) {
      try TLSIdentity(CertificatePair(certificate: pair.certificate, key: other.key), clientAuthorities: nil)
    }
    #expect(throws: TLSIdentity.Invalid.self) { try TLSIdentity(pair, clientAuthorities: Array("x".utf8)) }
  }
}
