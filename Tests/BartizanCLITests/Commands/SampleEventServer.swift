import Bytes
import Console
import Detect
import Server
import TestKit
import Transport

/// A server of events on the loopback address, which was sent the audit log of the sample cluster.
struct SampleEventServer {
  struct Failed: Error {
    let answer: String
  }

  /// Of scope admin.
  let token: String
  private let server: EventServer

  var url: String { "http://\(server.address.text)" }

  /// - Parameter folder: in which it keeps events.
  init(in folder: TemporaryFolder) async throws {
    var tokens = TokenList()
    token = tokens.make(.admin, name: "admin", created: "")
    var settings = EventServer.Settings(
      address: ListenAddress(host: "127.0.0.1", port: 0), folder: folder.path + "/served",
      tokens: TokenRegister(tokens))
    settings.detection = DetectionSettings(rules: RuleSet(BuiltInRules.sources))
    let time = Timestamp(seconds: Int64(CommandRun.time)) ?? Timestamp(nanoseconds: 0)
    let surroundings = Surroundings(metrics: Metrics(), tell: { _ in }, now: { time })
    server = try await EventServer.start(try EventServer.prepare(settings, surroundings))
    guard let url = HTTPURL(url + "/ingest") else { throw Failed(answer: url) }
    var request = HTTPRequest(url, .post)
    request.headers = [("Content-Encoding", "gzip")]
    request.authorization = "Bearer " + token
    request.mayBeOverheard = true
    request.body = try FileReaderForTests.bytes(FileReaderForTests.repository + "/examples/events/audit.jsonl.gz")
    let client = HTTPClient(HTTPSettings())
    // A sender that is told to come again does so: beside many other tests the server may need longer than it waits.
    var (status, answer) = (503, [UInt8]())
    for _ in 0..<10 where status == 503 {
      let response = try await client.send(request)
      status = Int(response.status)
      answer = try await response.collect(atMost: 1 << 20)
    }
    await client.close()
    guard status == 200 else { throw Failed(answer: String(decoding: answer, as: UTF8.self)) }
  }

  func close() async { await server.stop() }
}
