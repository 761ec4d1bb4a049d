import Bytes
import Console
import Events
import Findings
import Operations
import Server
import Store
import TestKit
import Testing
import Transport

/// The server of events as its senders and analysts find it.
@Suite struct EventServerTests {
  static let audit =
    #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"level":"Metadata","auditID":"a1","stage":"ResponseComplete","requestURI":"/api/v1/secrets","verb":"list","user":{"username":"kim"},"sourceIPs":["10.0.0.1"],"objectRef":{"resource":"secrets","apiVersion":"v1"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-28T11:59:00.000000Z","stageTimestamp":"2026-11-28T11:59:00.000000Z"}]}"#

  struct Sent: Sendable, CustomTestStringConvertible {
    let path: String
    let body: String
    var type = "application/json"
    let query: String
    let protocolName: String
    /// Whether the same again is known for a repetition.
    var isOnce = false
    var testDescription: String { path }
  }

  static let sent = [
    Sent(path: "/audit", body: audit, query: "user.name: kim", protocolName: "kubernetes-audit", isOnce: true),
    Sent(
      path: "/logs/_bulk", body: "{\"create\":{\"_id\":\"1\"}}\n{\"message\":\"a door\"}\n",
      type: "application/x-ndjson",
      query: "door", protocolName: "elasticsearch", isOnce: true),
    Sent(path: "/services/collector", body: #"{"event":"a door"}"#, query: "door", protocolName: "splunk-hec"),
    Sent(
      path: "/v1/logs",
      body: #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a door"}}]}]}]}"#, query: "door",
      protocolName: "otlp", isOnce: true),
    Sent(
      path: "/falco",
      body: #"{"uuid":"f1","rule":"a door","priority":"Error","output":"o","time":"2026-11-28T08:00:00Z"}"#,
      query: "rule.name: \"a door\"", protocolName: "falco", isOnce: true),
    Sent(path: "/ingest", body: "a door", type: "text/plain", query: "door", protocolName: "http"),
  ]

  @Test(arguments: sent) func whatIsSentIsFound(_ sent: Sent) async throws {
    let fixture = try await EventFixture()
    for round in 1...2 {
      let answer = try await fixture.post(sent.path, sent.body, type: sent.type)
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try await fixture.found(sent.query).count == (sent.isOnce ? 1 : round))
    }
    let stamp = "bartizan.protocol: \(sent.protocolName) and bartizan.sender: \"ingest-token@127.0.0.1\""
    #expect(try await fixture.found(stamp).count == (sent.isOnce ? 1 : 2))
    await fixture.close()
  }

  // MARK: Who may do what

  @Test func tokensAreGoodForTheirScope() async throws {
    let fixture = try await EventFixture()
    for scope in [TokenScope.admission, .ingest, .read, .admin] {
      let maySend = scope == .ingest || scope == .admin
      let mayAsk = scope == .read || scope == .admin
      #expect(try await fixture.post("/audit", Self.audit, as: scope).status == (maySend ? 200 : 403))
      let bulk = try await fixture.post("/_bulk", "{\"index\":{\"_index\":\"a\"}}\n{\"m\":1}\n", as: scope)
      #expect(bulk.status == (maySend ? 200 : 403))
      if !maySend { #expect(bulk.json[path: "error", "type"]?.string == "security_exception") }
      let splunk = try await fixture.post("/services/collector", #"{"event":"a"}"#, as: scope)
      #expect(splunk.status == (maySend ? 200 : 403) && splunk.json["code"]?.int == (maySend ? 0 : 4))
      for path in ["search", "count", "fields", "status"] {
        #expect(try await fixture.get("/api/v1/events/" + path, as: scope).status == (mayAsk ? 200 : 403))
      }
    }
    #expect(try await fixture.get("/api/v1/events/search", as: nil).status == 401)
    #expect(try await fixture.post("/audit", Self.audit, as: nil).status == 401)
    // The code of Sumo Logic is a token, and a wrong `Authorization` is not made good by it.
    let code = "/receiver/v1/http/" + fixture.token(.ingest)
    #expect(try await fixture.post(code, "a line", as: nil, type: "text/plain").status == 200)
    #expect(try await fixture.post(code, "a line", as: .read, type: "text/plain").status == 403)
    #expect(try await fixture.get("/healthz", as: nil).status == 200)
    #expect(try await fixture.get("/metrics", as: nil).status == 200)
    await fixture.close()
  }

  @Test func tokensAreReadAnew() async throws {
    let fixture = try await EventFixture { settings, folder in
      settings.freshTokens = { () throws(BartizanError) in
        let bytes = try FileReader.read(folder.path + "/tokens.json")
        do throws(TokenList.Invalid) { return try TokenList(json: bytes) } catch {
          throw BartizanError(.input, error.message)
        }
      }
    }
    try fixture.folder.write("tokens.json", "nothing of the kind")
    await fixture.server.reload()
    #expect(try await fixture.get("/api/v1/events/status").status == 200)
    #expect(fixture.lines().contains { $0.hasPrefix("tokens stay as they were") })
    try fixture.folder.write("tokens.json", TokenList().json)
    await fixture.server.reload()
    #expect(try await fixture.get("/api/v1/events/status").status == 401)
    await fixture.close()
  }

  @Test func otherMachinesAreListenedToOnlyWithTLS() async throws {
    let folder = try TemporaryFolder()
    var settings = EventServer.Settings(
      address: ListenAddress(host: "::", port: 0), folder: folder.path + "/events", tokens: TokenRegister(TokenList()))
    let surroundings = Surroundings(metrics: Metrics(), tell: { _ in }, now: { EventFixture.start })
    let refused = #expect(throws: BartizanError.self) { _ = try EventServer.prepare(settings, surroundings) }
    #expect(refused?.code == .usage && refused?.message.contains("--tls-certificate") == true)
    settings.address = ListenAddress(host: "127.0.0.1", port: 0)
    settings.clientAuthorities = []
    #expect(throws: BartizanError.self) { _ = try EventServer.prepare(settings, surroundings) }
    // With a certificate of our own, which clients can verify.
    let fixture = try await EventFixture { settings, folder in
      settings.certificate = .own(folder: folder.path + "/tls", names: ["localhost", "127.0.0.1"])
    }
    #expect(fixture.server.isSecure)
    #expect(try await fixture.post("/audit", Self.audit).status == 200)
    #expect(try await fixture.found("*").count == 1)
    await fixture.close()
  }

  // MARK: Kept

  @Test func oneProcessHasTheStore() async throws {
    let fixture = try await EventFixture()
    let second = await #expect(throws: BartizanError.self) { _ = try await EventFixture(in: fixture.folder) }
    #expect(second?.code == .storeLocked)
    #expect(try await fixture.post("/audit", Self.audit).status == 200)
    await fixture.close()
    // What was acknowledged is there, and known for a repetition.
    let again = try await EventFixture(in: fixture.folder)
    #expect(try await again.found("*").count == 1)
    #expect(try await again.post("/audit", Self.audit).status == 200)
    #expect(try await again.found("*").count == 1)
    await again.close()
  }

  @Test func whatIsAcknowledgedWhileItStopsIsKept() async throws {
    let fixture = try await EventFixture()
    let acknowledged = await withTaskGroup(of: [String].self) { group in
      for sender in 0..<8 {
        group.addTask {
          var done: [String] = []
          for number in 0..<200 {
            let id = "s\(sender)n\(number)"
            let body = "{\"create\":{\"_index\":\"a\",\"_id\":\"\(id)\"}}\n{\"message\":\"\(id)\"}\n"
            guard let answer = try? await fixture.post("/_bulk", body), answer.status == 200 else { break }
            if answer.json["errors"]?.bool == false { done.append(id) }
          }
          return done
        }
      }
      group.addTask {
        while (try? await fixture.found("*").count) ?? 0 < 20 {}
        await fixture.server.stop()
        return []
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    await fixture.close()
    let again = try await EventFixture(in: fixture.folder)
    let kept = try await again.found("*")
    #expect(acknowledged.count >= 20 && Set(acknowledged).isSubset(of: Set(kept)) && Set(kept).count == kept.count)
    await again.close()
  }

  @Test func oldEventsGo() async throws {
    let fixture = try await EventFixture()
    #expect(try await fixture.post("/audit", Self.audit).status == 200)
    await fixture.close()
    let later = Timestamp("2026-12-28T12:00:00Z") ?? EventFixture.start
    let again = try await EventFixture(in: fixture.folder, at: later) { settings, _ in
      settings.retention = try RetentionSettings(age: .init("7d", "retain"), size: nil, sources: [])
    }
    // What was pending is packed first; then its day is too old.
    await again.server.maintain()
    #expect(try await again.found("*").isEmpty)
    #expect(again.lines().contains { $0.contains("1 event of 2026-11-28 deleted by retention (age)") })
    await again.close()
  }

  // MARK: Metrics

  @Test func metricsTellWhatHappens() async throws {
    let fixture = try await EventFixture()
    _ = try await fixture.post("/audit", Self.audit)
    _ = try await fixture.post("/audit", Self.audit)
    _ = try await fixture.post("/audit", "no audit log\u{0}", as: .read)
    let text = try await fixture.get("/metrics").text
    for line in [
      "bartizan_ingest_events_total{protocol=\"kubernetes-audit\"} 1",
      "bartizan_ingest_repeated_events_total{protocol=\"kubernetes-audit\"} 1",
      "bartizan_ingest_refused_requests_total{protocol=\"kubernetes-audit\",reason=\"unauthorized\"} 1",
      "bartizan_ingest_lag_seconds_bucket{protocol=\"kubernetes-audit\",le=\"60.0\"} 2",
      "bartizan_ingest_waiting_events 0", "bartizan_store_events 1", "bartizan_store_pending_events 1",
      "bartizan_store_blocks 0", "bartizan_http_connections{listener=\"events\"} 1",
    ] { #expect(text.contains("\n" + line + "\n"), "\(line)\n\(text)") }
    #expect(try await fixture.get("/readyz", as: nil).text == "ok\n")
    await fixture.close()
  }
}
