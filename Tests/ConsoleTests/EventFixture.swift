import Bytes
import Console
import Findings
import Server
import Synchronization
import TestKit
import Testing
import Transport

/// A server of events on the loopback address, with its store in a folder of its own.
final class EventFixture: Sendable {
  /// A moment of the store's clock, which stands still unless it is moved.
  static let start = Timestamp("2026-11-28T12:00:00Z") ?? Timestamp(nanoseconds: 0)

  let folder: TemporaryFolder
  let server: EventServer
  let metrics = Metrics()
  let said = Mutex<[String]>([])
  let time: Mutex<Timestamp>
  private let tokens: [TokenScope: String]
  private let client: HTTPClient
  private let base: String

  /// - Parameter folder: one with a store in it, to open that again.
  init(
    in folder: TemporaryFolder? = nil, at start: Timestamp = EventFixture.start,
    _ change: (inout EventServer.Settings, TemporaryFolder) throws -> Void = { _, _ in }
  ) async throws {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    time = Mutex(start)
    var list = TokenList()
    var tokens: [TokenScope: String] = [:]
    for scope in TokenScope.allCases { tokens[scope] = list.make(scope, name: "\(scope.rawValue)-token", created: "") }
    self.tokens = tokens
    var settings = EventServer.Settings(
      address: ListenAddress(host: "127.0.0.1", port: 0), folder: folder.path + "/events",
      tokens: TokenRegister(list))
    // Whatever else this machine does meanwhile.
    settings.limits.head = .seconds(600)
    settings.limits.body = .seconds(600)
    settings.limits.answer = .seconds(600)
    try change(&settings, folder)
    let box = Box()
    let surroundings = Surroundings(
      metrics: metrics, tell: { line in box.value?.said.withLock { $0.append(line) } },
      now: { box.value?.time.withLock { $0 } ?? start })
    server = try await EventServer.start(try EventServer.prepare(settings, surroundings))
    var trust = HTTPSettings()
    if settings.certificate != nil { trust.trust = .only(try FileReader.read(folder.path + "/tls/ca.crt")) }
    trust.timeouts.connect = .seconds(600)
    trust.timeouts.idle = .seconds(600)
    trust.timeouts.answer = .seconds(600)
    trust.timeouts.body = .seconds(600)
    client = HTTPClient(trust)
    base = (settings.certificate == nil ? "http" : "https") + "://127.0.0.1:\(server.address.port)"
    box.set(self)
  }

  private final class Box: Sendable {
    private let held = Mutex<Held>(Held())
    private struct Held { weak var fixture: EventFixture? }
    var value: EventFixture? { held.withLock { $0.fixture } }
    func set(_ fixture: EventFixture) { held.withLock { $0.fixture = fixture } }
  }

  struct Answer: Sendable {
    let status: Int
    let bytes: [UInt8]
    let retryAfter: String?
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: DocumentNode { (try? JSONReader.read(bytes)) ?? .null }
  }

  func token(_ scope: TokenScope) -> String { tokens[scope] ?? "" }

  /// - Parameter scope: of the token that is shown; nil for none.
  func ask(
    _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]? = nil, as scope: TokenScope? = .ingest,
    type: String = "application/json", fields: [(name: String, value: String)] = []
  ) async throws -> Answer {
    var request = HTTPRequest(try #require(HTTPURL(base + path)), method)
    request.body = body
    request.headers = fields
    if body != nil { request.headers.append(("Content-Type", type)) }
    request.authorization = scope.map { "Bearer " + token($0) }
    request.mayBeOverheard = true
    let response = try await client.send(request)
    let retry = response.header("Retry-After")
    return Answer(
      status: response.status, bytes: try await response.collect(atMost: 64 << 20), retryAfter: retry)
  }

  func post(_ path: String, _ body: String, as scope: TokenScope? = .ingest, type: String = "application/json")
    async throws -> Answer
  { try await ask(.post, path, Array(body.utf8), as: scope, type: type) }

  func get(_ path: String, as scope: TokenScope? = .read) async throws -> Answer {
    try await ask(.get, path, as: scope)
  }

  /// Messages or originals of the events that a query finds, the newest first.
  func found(_ query: String, as scope: TokenScope = .read) async throws -> [String] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("query", query)
      writer.field("limit", 5_000)
    }
    let answer = try await post("/api/v1/events/search", writer.text, as: scope)
    #expect(answer.status == 200, "\(answer.text)")
    return (answer.json["events"]?.elements ?? []).map { $0["message"]?.string ?? $0["event.original"]?.string ?? "" }
  }

  func lines() -> [String] { said.withLock { $0 } }

  func close() async {
    await client.close()
    await server.stop()
  }
}
