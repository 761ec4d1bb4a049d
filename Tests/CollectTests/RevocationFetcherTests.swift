import Bytes
import Collect
import FakeCluster
import Foundation
import Synchronization
import TestKit
import Testing
import Transport
import Trust

/// Authorities are asked over the network within bounds, once, and only for an answer that is to our question.
@Suite struct RevocationFetcherTests {
  private static let now =
    Timestamp(seconds: Int64(VirtualSigner.now.timeIntervalSince1970)) ?? Timestamp(nanoseconds: 0)

  private static func failure(_ body: () async throws(RevocationSourceFailure) -> Void) async -> String? {
    do throws(RevocationSourceFailure) {
      try await body()
      return nil
    } catch { return error.reason }
  }

  /// Where the nonce of a request stands: the last 16 bytes.
  private static func nonce(_ request: LoopbackServer.Request) -> [UInt8] { Array(request.body.suffix(16)) }

  @Test func responders() async throws {
    let signer = try VirtualSigner()
    let leaf = try SigningCertificate(der: signer.leaf)
    let root = try SigningCertificate(der: signer.root)
    let asked = Mutex<[String]>([])
    let server = try await LoopbackServer(tls: nil) { request in
      asked.withLock { $0.append(request.uri) }
      var nonce: [UInt8]? = Self.nonce(request)
      if request.uri == "/stale" { nonce = [UInt8](repeating: 9, count: 16) }
      if request.uri == "/plain" { nonce = nil }
      let type = request.header("Content-Type") == "application/ocsp-request" && request.method == "POST"
      guard type, request.uri != "/gone", let body = try? signer.response(.good, nonce: nonce) else {
        return .full(status: 404, headers: [], body: [])
      }
      return .full(
        status: 200, headers: [], body: request.uri == "/large" ? [UInt8](repeating: 48, count: 70_000) : body)
    }
    let base = "http://127.0.0.1:\(server.port)"
    let fetcher = RevocationFetcher(HTTPSettings(), now: { Self.now })
    for (path, words) in [
      ("/echo", nil), ("/plain", nil), ("/stale", "another question"), ("/gone", "404"), ("/large", "larger"),
    ] {
      let reason = await Self.failure { () throws(RevocationSourceFailure) in
        _ = try await fetcher.response(from: base + path, on: leaf, issuer: root)
      }
      #expect(words.map { reason?.contains($0) == true } ?? (reason == nil), "\(path): \(reason ?? "answered")")
    }
    for location in ["ldap://example/a", "file:///etc/passwd", "http://user@example/", "", "http://127.0.0.1:1/x"] {
      #expect(
        await Self.failure { () throws(RevocationSourceFailure) in
          _ = try await fetcher.response(from: location, on: leaf, issuer: root)
        } != nil, "\(location)")
    }
    // Neither an answer nor a refusal is asked for twice.
    let before = asked.withLock(\.count)
    _ = try await fetcher.response(from: base + "/echo", on: leaf, issuer: root)
    _ = try? await fetcher.response(from: base + "/gone", on: leaf, issuer: root)
    #expect(asked.withLock(\.count) == before)
    await server.close()
  }

  @Test func lists() async throws {
    let signer = try VirtualSigner()
    let list = try signer.list()
    let asked = Mutex(0)
    let server = try await LoopbackServer(tls: nil) { request in
      asked.withLock { $0 += 1 }
      switch request.uri {
      case "/a.crl": return .full(status: 200, headers: [], body: list)
      case "/turn": return .full(status: 302, headers: [("Location", "/a.crl")], body: [])
      case "/short": return .cutOff(type: "application/pkix-crl", body: list, after: 20)
      default: return .full(status: 200, headers: [], body: Array("<html>".utf8))
      }
    }
    let base = "http://127.0.0.1:\(server.port)"
    let clock = Mutex(Self.now)
    let fetcher = RevocationFetcher(HTTPSettings(), now: { clock.withLock { $0 } })
    for (path, isGood) in [("/a.crl", true), ("/turn", true), ("/short", false), ("/page", false)] {
      let reason = await Self.failure { () throws(RevocationSourceFailure) in
        _ = try await fetcher.list(from: base + path)
      }
      #expect((reason == nil) == isGood, "\(path): \(reason ?? "read")")
    }
    // Many that ask at once cause one request; after an hour it is asked again.
    let before = asked.withLock { $0 }
    clock.withLock { $0 = Timestamp(seconds: Self.now.seconds + 3_601) ?? Self.now }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { _ = try? await fetcher.list(from: base + "/a.crl") } }
    }
    #expect(asked.withLock { $0 } == before + 1)
    await server.close()
  }
}
