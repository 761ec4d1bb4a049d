import Collect
import FakeCluster
import Findings
import Synchronization
import TestKit
import Testing
import Transport

@Suite struct DownloadTests {
  private final class Log: Sendable {
    let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  @Test func whatHasNotChangedIsNotFetchedAgain() async throws {
    let folder = try TemporaryFolder()
    let log = Log()
    let server = try await LoopbackServer(tls: nil) { request in
      log.add(request.header("If-None-Match") ?? "-")
      return request.header("If-None-Match") == "\"one\""
        ? .full(status: 304, headers: [("ETag", "\"one\"")], body: [])
        : .full(status: 200, headers: [("ETag", "\"one\"")], body: Array("content".utf8))
    }
    let url = "http://127.0.0.1:\(server.port)/all.zip"
    for _ in 0..<2 {
      #expect(try await Download(HTTPSettings(), keepingIn: folder.path + "/d").get(url) == Array("content".utf8))
    }
    #expect(log.lines.withLock { $0 } == ["-", "\"one\""])
    await server.close()
  }

  /// A file that breaks off goes on where it was, also in another run, unless it has changed meanwhile.
  @Test(arguments: [true, false]) func whatBrokeOffGoesOn(_ changes: Bool) async throws {
    let folder = try TemporaryFolder()
    let log = Log()
    let old = [UInt8](repeating: 1, count: 1000)
    let new = [UInt8](repeating: 2, count: 1000)
    let server = try await LoopbackServer(tls: nil) { request in
      let count = log.lines.withLock { $0.count }
      log.add(request.header("Range") ?? "-")
      if count == 0 { return .cutOff(type: "x", body: old, after: 400, headers: [("ETag", "\"one\"")]) }
      if changes { return .full(status: 200, headers: [("ETag", "\"two\"")], body: new) }
      guard request.header("If-Range") == "\"one\"", request.header("Range") == "bytes=400-" else {
        return .full(status: 400, headers: [], body: [])
      }
      return .full(status: 206, headers: [("Content-Range", "bytes 400-999/1000")], body: Array(old.dropFirst(400)))
    }
    let url = "http://127.0.0.1:\(server.port)/all.zip"
    #expect(
      try await Download(HTTPSettings(), keepingIn: folder.path + "/d", tries: 9).get(url) == (changes ? new : old))
    await server.close()
  }

  /// The proxy of the environment is asked, and who is not there is said at once.
  @Test("newcomer/09-advisories-update-ignores-proxies-and-hangs: proxies are heard of") func proxiesAreHeardOf()
    async throws
  {
    let proxy = try await RawServer(.init("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"))
    let address = "http://127.0.0.1:\(proxy.port)"
    let settings = HTTPSettings { $0 == "HTTPS_PROXY" ? address : nil }
    await #expect { try await Download(settings).get("https://osv.invalid/all.zip") } throws: { error in
      ((error as? BartizanError)?.cause as? ConnectionError)?.kind == .proxyRefused
    }
    #expect(proxy.received.hasPrefix("CONNECT osv.invalid:443"))
    await proxy.close()
    let nobody = try ReservedPort()
    let url = "http://127.0.0.1:\(nobody.number)/all.zip"
    await #expect { try await Download(HTTPSettings()).get(url) } throws: { error in
      ((error as? BartizanError)?.cause as? ConnectionError)?.kind == .refused
    }
  }

  @Test func aServerThatSaysNoIsSaid() async throws {
    let server = try await LoopbackServer(tls: nil) { _ in .full(status: 404, headers: [], body: []) }
    await #expect { try await Download(HTTPSettings()).get("http://127.0.0.1:\(server.port)/all.zip") } throws: {
      "\($0)".contains("answered 404")
    }
    await server.close()
  }
}
