import Bytes
import Detect
import FakeCluster
import Findings
import Forward
import Synchronization
import Testing
import Transport

/// Delivery to receivers on the loopback address, some of them busy, dead or lying.
@Suite struct DeliveryTests {
  /// What a receiver got, and what it answers.
  final class Receiver: Sendable {
    let requests = Mutex<[LoopbackServer.Request]>([])

    func all() -> [LoopbackServer.Request] { requests.withLock { $0 } }

    /// - Parameter answer: by the number of the request, from 1.
    func serve(_ answer: @escaping @Sendable (Int, LoopbackServer.Request) -> LoopbackServer.Answer) async throws
      -> LoopbackServer
    {
      try await LoopbackServer(tls: nil) { request in
        let number = self.requests.withLock { requests in
          requests.append(request)
          return requests.count
        }
        return answer(number, request)
      }
    }
  }

  static let delivery = Delivery(environment: { _ in nil }, now: { 1_772_438_400 }, wait: { _ in })

  static func ok(_ text: String = "{}", status: Int = 200) -> LoopbackServer.Answer {
    .full(status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
  }

  static func destination(_ kind: Destination.Kind, _ port: Int) throws -> Destination {
    var destination = try PayloadTests.destination(kind, "http://127.0.0.1:\(port)/")
    destination.allowsPlainHTTP = true
    return destination
  }

  static func send(_ destinations: [Destination]) async -> [Delivery.Report] {
    await delivery.send(PayloadTests.found.alerts, PayloadTests.found.incidents, to: destinations)
  }

  static var count: Int { PayloadTests.found.alerts.count + PayloadTests.found.incidents.count }

  @Test func whoIsBusyIsAskedAgain() async throws {
    let receiver = Receiver()
    let server = try await receiver.serve { number, _ in
      number < 3
        ? Self.ok("{\"text\":\"Server is busy\",\"code\":9}", status: 503)
        : Self.ok("{\"text\":\"Success\",\"code\":0}")
    }
    var destination = try Self.destination(.splunk, server.port)
    destination.secret = Destination.Secret("11111111-2222-3333-4444-555555555555")
    let report = try #require(await Self.send([destination]).first)
    await server.close()
    #expect(report.sent == Self.count && report.failed.isEmpty && report.problem == nil)
    let requests = receiver.all()
    #expect(requests.count == 3)
    // As the recorded client of Splunk sends it.
    #expect(requests.allSatisfy { $0.method == "POST" && $0.uri == "/services/collector/event" })
    #expect(requests.allSatisfy { $0.header("Authorization") == "Splunk 11111111-2222-3333-4444-555555555555" })
    #expect(Set(requests.map(\.body)).count == 1)
  }

  @Test func splunkIsAskedWhetherItIsSafe() async throws {
    let receiver = Receiver()
    let server = try await receiver.serve { number, request in
      if request.uri.hasPrefix("/services/collector/ack?channel=") {
        return Self.ok("{\"acks\":{\"3\":\(number > 2)}}")
      }
      return Self.ok("{\"text\":\"Success\",\"code\":0,\"ackId\":3}")
    }
    var destination = try Self.destination(.splunk, server.port)
    destination.secret = Destination.Secret("t")
    destination.waitsForAcknowledgement = true
    let report = try #require(await Self.send([destination]).first)
    await server.close()
    #expect(report.sent == Self.count)
    let requests = receiver.all()
    #expect(requests.count == 3)
    let channel = try #require(requests.first?.header("X-Splunk-Request-Channel"))
    #expect(channel.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    #expect(requests.last?.uri == "/services/collector/ack?channel=\(channel)")
    #expect(requests.last.map { String(decoding: $0.body, as: UTF8.self) } == "{\"acks\":[3]}")
  }

  @Test func onlyWhatElasticsearchDidNotTakeIsSentAgain() async throws {
    let receiver = Receiver()
    let server = try await receiver.serve { number, request in
      let count = request.body.split(separator: 0x0A).count / 2
      let items = (0..<count).map { "{\"create\":{\"status\":\(number == 1 && $0 == 0 ? 429 : 201)}}" }
      return Self.ok("{\"errors\":true,\"items\":[\(items.joined(separator: ","))]}")
    }
    var destination = try Self.destination(.elasticsearch, server.port)
    destination.secret = Destination.Secret("pw")
    destination.username = "writer"
    let report = try #require(await Self.send([destination]).first)
    await server.close()
    #expect(report.sent == Self.count && report.failed.isEmpty)
    let requests = receiver.all()
    #expect(requests.map { $0.body.split(separator: 0x0A).count } == [2 * Self.count, 2])
    #expect(requests[1].body.split(separator: 0x0A) == Array(requests[0].body.split(separator: 0x0A).prefix(2)))
    #expect(requests[0].header("Authorization") == "Basic d3JpdGVyOnB3")
    #expect(requests[0].uri == "/_bulk" && requests[0].header("Content-Type") == "application/x-ndjson")
  }

  /// Elasticsearch and OpenSearch are told how fields are typed and when indexes go, each in its own words.
  @Test(arguments: [(false, "/_ilm/policy/bartizan"), (true, "/_plugins/_ism/policies/bartizan")])
  func indexesGoInTime(_ isOpenSearch: Bool, _ policy: String) async throws {
    let receiver = Receiver()
    let server = try await receiver.serve { _, request in
      switch (request.method, request.uri) {
      case ("GET", _):
        return Self.ok("{\"version\":{\"number\":\"2.0\"\(isOpenSearch ? ",\"distribution\":\"opensearch\"" : "")}}")
      // A policy of OpenSearch is made once.
      case ("PUT", _): return Self.ok("{}", status: isOpenSearch && request.uri == policy ? 409 : 200)
      default:
        let count = request.body.split(separator: 0x0A).count / 2
        return Self.ok(
          "{\"items\":[\((0..<count).map { _ in "{\"create\":{\"status\":201}}" }.joined(separator: ","))]}")
      }
    }
    var destination = try Self.destination(.elasticsearch, server.port)
    destination.retainedDays = 365
    destination.secret = Destination.Secret("key")
    let report = try #require(await Self.send([destination]).first)
    await server.close()
    #expect(report.sent == Self.count && report.failed.isEmpty, "\(report.reason)")
    let requests = receiver.all()
    #expect(requests.map(\.method) == ["GET", "PUT", "PUT", "POST"])
    #expect(requests.map(\.uri) == ["/", policy, "/_index_template/bartizan", "/_bulk"])
    #expect(requests.allSatisfy { $0.header("Authorization") == "ApiKey key" })
    #expect(String(decoding: requests[1].body, as: UTF8.self).contains("\"396d\""))
    let template = try JSONReader.read(Array(requests[2].body))
    #expect(template["index_patterns"]?.strings.contains("bartizan-alerts-*") == true)
    #expect((template["template"]?["settings"]?["index.lifecycle.name"] != nil) == !isOpenSearch)
    #expect(String(decoding: requests[3].body, as: UTF8.self).contains("\"bartizan-alerts-2026.03\""))
  }

  /// Without the right to set it up nothing is sent into an index that never goes.
  @Test func setUpIsRefused() async throws {
    let receiver = Receiver()
    let server = try await receiver.serve { _, request in
      request.method == "PUT" ? Self.ok("{\"error\":\"no permission\"}", status: 403) : Self.ok("{\"version\":{}}")
    }
    var destination = try Self.destination(.elasticsearch, server.port)
    destination.retainedDays = 30
    let report = try #require(await Self.send([destination]).first)
    await server.close()
    #expect(report.sent == 0 && report.failed.count == Self.count && report.reason.contains("status 403"))
  }

  @Test func webhooksAreSigned() async throws {
    let receiver = Receiver()
    let server = try await receiver.serve { _, _ in Self.ok() }
    var destination = try Self.destination(.webhook, server.port)
    destination.signingKey = Destination.Secret("key")
    #expect(await Self.send([destination]).first?.sent == Self.count)
    destination.signingKey = Destination.Secret("another")
    #expect(await Self.send([destination]).first?.sent == Self.count)
    await server.close()
    let requests = receiver.all()
    #expect(requests.count == 2)
    #expect(requests[0].header("X-Bartizan-Timestamp") == "1772438400")
    let signatures = requests.compactMap { $0.header("X-Bartizan-Signature") }
    #expect(signatures.allSatisfy { $0.hasPrefix("sha256=") && $0.utf8.count == 71 } && Set(signatures).count == 2)
    #expect(Set(requests.compactMap { $0.header("X-Bartizan-Delivery") }).count == 1)
  }

  /// A receiver that is dead, one that refuses and one that lies do not keep the fourth from its own.
  @Test func oneReceiverHoldsUpNoOther() async throws {
    let fine = Receiver()
    let refusing = Receiver()
    let lying = Receiver()
    let a = try await fine.serve { _, _ in Self.ok() }
    let b = try await refusing.serve { _, _ in Self.ok("{\"text\":\"Invalid token\",\"code\":4}", status: 403) }
    let c = try await lying.serve { _, _ in Self.ok("<html>") }
    let gone = try ReservedPort()
    var splunk = try Self.destination(.splunk, b.port)
    splunk.secret = Destination.Secret("sesame")
    var slack = try PayloadTests.destination(.slack, "http://127.0.0.1:\(gone.number)/services/T0/secret")
    slack.allowsPlainHTTP = true
    let reports = await Self.send([
      slack, splunk, try Self.destination(.elasticsearch, c.port), try Self.destination(.alertmanager, a.port),
    ])
    for server in [a, b, c] { await server.close() }
    #expect(reports.map(\.failed.isEmpty) == [false, false, false, true])
    #expect(refusing.all().count == 1 && lying.all().count == 1)
    #expect(fine.all().first?.uri == "/api/v2/alerts")
    let said = reports.compactMap(\.problem?.message)
    #expect(said.count == 3)
    // No secret in what is said.
    #expect(!said.contains { $0.contains("sesame") || $0.contains("secret") })
    #expect(said[1].contains("status 403: Invalid token"))
  }

  @Test func credentialsGoNowhereInClearUnlessAllowed() async throws {
    let receiver = Receiver()
    let server = try await receiver.serve { _, _ in Self.ok() }
    var destination = try Self.destination(.webhook, server.port)
    destination.secret = Destination.Secret("sesame")
    destination.allowsPlainHTTP = false
    let report = try #require(await Self.send([destination]).first)
    await server.close()
    #expect(report.sent == 0 && report.problem != nil)
    #expect(receiver.all().isEmpty)
  }

  @Test func redirectsAreNotFollowed() async throws {
    let other = Receiver()
    let target = try await other.serve { _, _ in Self.ok() }
    let receiver = Receiver()
    let port = target.port
    let server = try await receiver.serve { _, _ in
      .full(status: 307, headers: [("Location", "http://127.0.0.1:\(port)/")], body: [])
    }
    var destination = try Self.destination(.webhook, server.port)
    destination.secret = Destination.Secret("sesame")
    let report = try #require(await Self.send([destination]).first)
    await server.close()
    await target.close()
    #expect(report.sent == 0 && other.all().isEmpty)
  }
}
