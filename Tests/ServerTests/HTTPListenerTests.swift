import Bytes
import Synchronization
import TestKit
import Testing

@testable import Server

/// What a listener makes of requests, well-formed and not, over a socket.
@Suite struct HTTPListenerTests {
  static func listener(
    _ service: EchoService = EchoService(), _ change: (inout ServerLimits) -> Void = { _ in }
  ) async throws -> HTTPListener {
    var limits = ServerLimits()
    // Whatever else this machine does meanwhile.
    limits.head = .seconds(600)
    limits.body = .seconds(600)
    limits.answer = .seconds(600)
    limits.stop = .seconds(600)
    change(&limits)
    return try await HTTPListener(ListenAddress(host: "127.0.0.1", port: 0), tls: nil, limits: limits, service: service)
  }

  struct Exchange: Sendable, CustomTestStringConvertible {
    let name: String
    let sent: [UInt8]
    /// Parts of what comes back, in their order.
    let answers: [String]
    var testDescription: String { name }

    init(_ name: String, _ head: String, _ body: [UInt8] = [], _ answers: String...) {
      self.name = name
      sent = Array(head.replacing("\n", with: "\r\n").utf8) + body
      self.answers = answers
    }
  }

  private static func post(_ fields: String, _ body: [UInt8]) -> String {
    "POST /x HTTP/1.1\nHost: h\nConnection: close\n\(fields)Content-Length: \(body.count)\n\n"
  }

  private static let text = Array(repeating: UInt8(ascii: "a"), count: 5_000)
  private static let zeros = Array(repeating: UInt8(0), count: 4 << 20)

  static let exchanges: [Exchange] = {
    let gzip = (try? Gzip.compress(text)) ?? []
    let zstd = (try? Zstandard.pack(text)) ?? []
    let bomb = (try? Gzip.compress(zeros)) ?? []
    // zlib's own frame around five bytes that are stored as they are.
    let framed: [UInt8] = [0x78, 0x01, 0x01, 5, 0, 0xFA, 0xFF] + Array("hello".utf8) + [0x06, 0x2C, 0x02, 0x15]
    let bare: [UInt8] = [0x01, 5, 0, 0xFA, 0xFF] + Array("hello".utf8)
    let long = String(repeating: "x", count: 80_000)
    return [
      Exchange(
        "GET", "GET /a?b=c%20d&e HTTP/1.1\nHost: h\nConnection: close\n\n", [], "HTTP/1.1 200", "GET /a b=c d&e= 0"),
      Exchange(
        "HEAD has no body", "HEAD /a HTTP/1.1\nHost: h\nConnection: close\n\n", [], "HTTP/1.1 200", "Content-Length: 12"
      ),
      Exchange("HTTP/1.0", "GET /a HTTP/1.0\n\n", [], "200", "GET /a"),
      Exchange("a path that is not there", "GET /none HTTP/1.1\nHost: h\n\n", [], "HTTP/1.1 404", "nothing"),
      Exchange("no Host", "GET /a HTTP/1.1\n\n", [], "HTTP/1.1 400"),
      Exchange("two Hosts", "GET /a HTTP/1.1\nHost: a\nHost: b\n\n", [], "HTTP/1.1 400"),
      Exchange("a whole URL", "GET http://h/a HTTP/1.1\nHost: h\n\n", [], "HTTP/1.1 400", "the target is a path"),
      Exchange("no HTTP", "hello\n\n", [], "HTTP/1.1 400"),
      Exchange("the beginning of TLS", "\u{16}\u{3}\u{1}\u{2}\n\n", [], "HTTP/1.1 400"),
      Exchange("a head that is too long", "GET /a HTTP/1.1\nHost: h\nX: \(long)\n\n", [], "HTTP/1.1 400"),
      Exchange(
        "both lengths", "POST /x HTTP/1.1\nHost: h\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n", [],
        "HTTP/1.1 400"),
      Exchange(
        "chunks", "POST /x HTTP/1.1\nHost: h\nConnection: close\nTransfer-Encoding: chunked\n\n3\nabc\n2\nde\n0\n\n",
        [],
        "HTTP/1.1 200", "POST /x  5 abcde"),
      Exchange(
        "two requests at once",
        "GET /1 HTTP/1.1\nHost: h\n\nGET /2 HTTP/1.1\nHost: h\nConnection: close\n\n", [], "200", "GET /1", "200",
        "GET /2"),
      Exchange(
        "Expect", post("Expect: 100-continue\n", text), text, "HTTP/1.1 100 Continue", "HTTP/1.1 200",
        "POST /x  5000 aaa"),
      Exchange("another Expect", post("Expect: cake\n", []), [], "HTTP/1.1 417"),
      Exchange("a body that is announced too long", post("", [UInt8](repeating: 0, count: 70_000)), [], "HTTP/1.1 413"),
      Exchange(
        "a body that is too long", "POST /x HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n11170\n",
        [UInt8](repeating: 0, count: 70_000), "HTTP/1.1 413"),
      Exchange("gzip", post("Content-Encoding: gzip\n", gzip), gzip, "200", "POST /x  5000 aaa"),
      Exchange("zstd", post("Content-Encoding: zstd\n", zstd), zstd, "200", "POST /x  5000 aaa"),
      Exchange("deflate", post("Content-Encoding: deflate\n", framed), framed, "200", "POST /x  5 hello"),
      Exchange("deflate without a frame", post("Content-Encoding: deflate\n", bare), bare, "200", "POST /x  5 hello"),
      Exchange("damaged gzip", post("Content-Encoding: gzip\n", text), text, "HTTP/1.1 400"),
      Exchange(
        "cut-off gzip", post("Content-Encoding: gzip\n", Array(gzip.dropLast(9))), Array(gzip.dropLast(9)),
        "HTTP/1.1 400"),
      Exchange("a bomb", post("Content-Encoding: gzip\n", bomb), bomb, "HTTP/1.1 413"),
      Exchange(
        "an encoding that is not known", post("Content-Encoding: br\n", text), text, "HTTP/1.1 415",
        "Accept-Encoding: gzip, zstd, deflate"),
      Exchange("one encoding upon another", post("Content-Encoding: gzip, gzip\n", gzip), gzip, "HTTP/1.1 415"),
    ]
  }()

  @Test(arguments: exchanges) func requestsAreAnswered(_ exchange: Exchange) async throws {
    let listener = try await Self.listener()
    let answer = try await RawClient.exchange(port: listener.address.port, exchange.sent)
    var rest = answer[...]
    for part in exchange.answers {
      guard let found = rest.firstRange(of: part) else {
        Issue.record("\(part) is not in \(answer.prefix(400))")
        break
      }
      rest = rest[found.upperBound...]
    }
    if exchange.name.hasPrefix("HEAD") { #expect(answer.hasSuffix("\r\n\r\n")) }
    await listener.stop()
  }

  /// Each waits until the server ends the connection, which is what is tested.
  @Test(arguments: [
    "", "GET /a HTTP/1.1\r\nHost: h\r\nX: ", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
  ])
  func slowClientsAreLeft(_ beginning: String) async throws {
    let listener = try await Self.listener {
      $0.head = .milliseconds(80)
      $0.body = .milliseconds(80)
    }
    let client = try await RawClient(port: listener.address.port)
    // It may be over before.
    if !beginning.isEmpty { try? await client.send(beginning) }
    #expect(try await client.rest() == "")
    await listener.stop()
  }

  @Test func lateAnswersAreReplaced() async throws {
    let service = EchoService(deadline: .milliseconds(50))
    let listener = try await Self.listener(service)
    let request = "GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    let answer = try await RawClient.exchange(port: listener.address.port, Array(request.utf8))
    #expect(answer.contains("HTTP/1.1 503") && answer.contains("late"))
    // The answer that comes after all goes nowhere.
    service.open()
    await listener.stop()
    #expect(service.statuses.withLock { $0 } == [503])
  }

  @Test func moreThanMayBeWorkedOnIsLate() async throws {
    let service = EchoService()
    let listener = try await Self.listener(service) { $0.requests = 1 }
    let first = try await RawClient(port: listener.address.port)
    try await first.send("GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    for await _ in service.arrivals { break }
    let second = try await RawClient.exchange(
      port: listener.address.port, Array("GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".utf8))
    #expect(second.contains("503"))
    service.open()
    #expect(try await first.rest().contains("HTTP/1.1 200"))
    await listener.stop()
  }

  @Test func connectionsAreBounded() async throws {
    let service = EchoService()
    let listener = try await Self.listener(service) { $0.connectionsPerAddress = 1 }
    let first = try await RawClient(port: listener.address.port)
    try await first.send("GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    for await _ in service.arrivals { break }
    #expect(try await RawClient(port: listener.address.port).rest() == "")
    service.open()
    #expect(try await first.rest().contains("200"))
    await listener.stop()
  }

  @Test func bodiesAreHeldWithinBounds() async throws {
    let listener = try await Self.listener { $0.heldBytes = 1_000 }
    let answer = try await RawClient.exchange(
      port: listener.address.port,
      Array("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n".utf8) + Self.text)
    #expect(answer.contains("HTTP/1.1 503") && answer.contains("Retry-After: 1"))
    // What was refused is not held.
    let next = try await RawClient.exchange(
      port: listener.address.port,
      Array("POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc".utf8))
    #expect(next.contains("200"))
    await listener.stop()
  }

  /// A request that is being answered is answered; a connection that waits is ended.
  @Test func stoppingLetsRequestsEnd() async throws {
    let service = EchoService()
    let listener = try await Self.listener(service)
    let idle = try await RawClient(port: listener.address.port)
    let busy = try await RawClient(port: listener.address.port)
    try await busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n")
    for await _ in service.arrivals { break }
    async let stopped: Void = listener.stop()
    #expect(try await idle.rest() == "")
    service.open()
    let answer = try await busy.rest()
    #expect(answer.contains("HTTP/1.1 200") && answer.contains("Connection: close"))
    await stopped
    await #expect(throws: (any Error).self) { try await RawClient(port: listener.address.port) }
  }

  @Test func whatIsTakenIsSaid() async throws {
    let first = try await Self.listener()
    await #expect(throws: HTTPListener.Failure.self) {
      try await HTTPListener(first.address, tls: nil, service: EchoService())
    }
    await first.stop()
  }
}
