import Bytes
import Console
import Detect
import FakeCluster
import Findings
import Forward
import Server
import Synchronization
import TestKit
import Testing
import Transport

/// Detection inside the server of events: what is found is kept, worked on, sent, and found once.
@Suite struct DetectionServerTests {
  private static let rules = RuleSet(BuiltInRules.sources)

  /// - Parameter number: of the request, which makes its id and its second.
  private static func exec(_ number: Int, user: String = "ann@example.org", pod: String = "web-1", address: Int = 7)
    -> String
  {
    let seconds = number % 60 < 10 ? "0\(number % 60)" : String(number % 60)
    return """
      {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"5f1f7a3e-0000-4000-8000-00000000000\(number)",\
      "stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods/\(pod)/exec","verb":"get",\
      "user":{"username":"\(user)"},"sourceIPs":["192.0.2.\(address)"],"objectRef":{"resource":"pods","subresource":"exec",\
      "namespace":"shop","name":"\(pod)"},"responseStatus":{"code":101},\
      "requestReceivedTimestamp":"2026-11-28T11:59:\(seconds).250Z","stageTimestamp":"2026-11-28T11:59:\(seconds).250Z"}
      """
  }

  private static func fixture(
    in folder: TemporaryFolder? = nil, _ destinations: [Destination] = []
  ) async throws -> EventFixture {
    try await EventFixture(in: folder) { settings, _ in
      settings.detection = DetectionSettings(rules: rules, destinations: destinations)
      settings.detection?.pause = .milliseconds(5)
    }
  }

  /// Asks until an answer is as wanted, or much too long.
  private static func wait(
    _ what: String, _ isDone: () async throws -> Bool
  ) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < end {
      if try await isDone() { return }
      await Task.yield()
    }
    Issue.record("waited in vain: \(what)")
  }

  private static func ids(_ fixture: EventFixture, _ path: String) async throws -> [String] {
    let answer = try await fixture.get(path)
    #expect(answer.status == 200, "\(answer.text)")
    let document = answer.json
    return (document["incidents"] ?? document["alerts"])?.elements.compactMap { $0["id"]?.string } ?? []
  }

  @Test func whatIsFoundIsKeptAndWorkedOn() async throws {
    let fixture = try await Self.fixture()
    #expect(try await fixture.post("/audit", Self.exec(1)).status == 200)
    try await Self.wait("an incident") { try await Self.ids(fixture, "/api/v1/incidents").count == 1 }
    let incident = try #require(try await Self.ids(fixture, "/api/v1/incidents").first)
    let alert = try #require(try await Self.ids(fixture, "/api/v1/alerts?severity=medium").first)

    let shown = try await fixture.get("/api/v1/incidents/\(incident)").json
    #expect(shown["kind"]?.string == "IncidentDetail" && shown["state"]?.string == "new")
    #expect(shown["story"]?.string?.contains("ann@example.org ran a command in pod shop/web-1") == true)
    let one = try await fixture.get("/api/v1/alerts/\(alert)").json
    #expect(one["rule"]?["id"]?.string == "kubernetes-exec" && one["incident"]?.string == incident)
    // Its event is found in the store by its position.
    let event = try #require(one["events"]?.elements.first)
    #expect(event["source"]?.string == "store" && event["id"]?.string == "5f1f7a3e-0000-4000-8000-000000000001")
    #expect(try await fixture.get("/api/v1/events/\(event["line"]?.text ?? "")").status == 200)

    // Reading is for readers, working for administrators.
    let path = "/api/v1/incidents/\(incident)"
    let close = #"{"action":"close","reason":"benign","comment":"an upgrade"}"#
    #expect(try await fixture.post(path, close, as: .read).status == 403)
    #expect(try await fixture.post(path, close, as: nil).status == 401)
    #expect(try await fixture.get(path, as: .ingest).status == 403)
    #expect(try await fixture.post(path, close, as: .admin).status == 200)
    #expect(try await Self.ids(fixture, "/api/v1/incidents").isEmpty)
    #expect(try await Self.ids(fixture, "/api/v1/incidents?state=closed") == [incident])
    let closed = try await fixture.get(path).json
    #expect(closed["reason"]?.string == "benign")
    #expect(closed["notes"]?.elements.first?["author"]?.string == "admin-token")
    // Who did it is an event.
    #expect(try await fixture.found("event.dataset: bartizan.activity and event.action: incident-changed").count == 1)
    await fixture.close()
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let path: String
    var body: String?
    let status: Int
    var testDescription: String { path + " " + (body ?? "") }
  }

  @Test(arguments: [
    Wrong(path: "/api/v1/alerts?state=odd", status: 400), Wrong(path: "/api/v1/alerts?severity=odd", status: 400),
    Wrong(path: "/api/v1/alerts?since=odd", status: 400), Wrong(path: "/api/v1/alerts?limit=0", status: 400),
    Wrong(path: "/api/v1/alerts?limit=1001", status: 400), Wrong(path: "/api/v1/alerts?cursor=odd", status: 400),
    Wrong(path: "/api/v1/alerts?odd=1", status: 400), Wrong(path: "/api/v1/alerts/none", status: 404),
    Wrong(path: "/api/v1/incidents/none", status: 404), Wrong(path: "/api/v1/incidents/a/b", status: 404),
    Wrong(path: "/api/v1/alerts", body: "{}", status: 405), Wrong(path: "/api/v1/alerts/x", body: "{}", status: 400),
    Wrong(path: "/api/v1/alerts/x", body: #"{"action":"close"}"#, status: 400),
    Wrong(path: "/api/v1/alerts/x", body: #"{"action":"close","reason":"odd"}"#, status: 400),
    Wrong(path: "/api/v1/alerts/x", body: #"{"action":"comment"}"#, status: 400),
    Wrong(path: "/api/v1/alerts/x", body: #"{"action":"reopen","reason":"benign"}"#, status: 400),
    Wrong(path: "/api/v1/alerts/x", body: #"{"action":"reopen"}"#, status: 404),
    Wrong(path: "/api/v1/alerts/x", body: "[]", status: 400),
    Wrong(path: "/api/v1/suppressions", body: #"{"rule":"r","reason":"x"}"#, status: 400),
    Wrong(path: "/api/v1/suppressions", body: #"{"reason":"x","for":"1d"}"#, status: 400),
    Wrong(path: "/api/v1/suppressions", body: #"{"rule":"r","reason":" ","for":"1d"}"#, status: 400),
    Wrong(path: "/api/v1/suppressions", body: #"{"rule":"r","reason":"x","for":"900d"}"#, status: 400),
    Wrong(path: "/api/v1/suppressions", body: #"{"rule":"r","reason":"x","for":"-1d"}"#, status: 400),
    Wrong(path: "/api/v1/deliveries", body: #"{"action":"odd"}"#, status: 400),
  ]) func whatIsWrongIsSaid(_ wrong: Wrong) async throws {
    let fixture = try await Self.fixture()
    let answer =
      if let body = wrong.body {
        try await fixture.post(wrong.path, body, as: .admin)
      } else {
        try await fixture.get(wrong.path)
      }
    #expect(answer.status == wrong.status, "\(answer.text)")
    #expect(answer.json["kind"]?.string == "Error" && answer.json["message"]?.string?.isEmpty == false)
    await fixture.close()
  }

  /// After a stop everything of the last while is looked at again, and nothing is found twice.
  @Test func eachAlertIsGivenOnce() async throws {
    let folder = try TemporaryFolder()
    let receiver = Mutex<[String]>([])
    let server = try await LoopbackServer(tls: nil) { request in
      let notices = (try? JSONReader.read(request.body))?["notices"]?.elements ?? []
      receiver.withLock { $0 += notices.compactMap { $0["id"]?.string } }
      return .full(status: 200, headers: [], body: [])
    }
    var webhook = Destination(
      name: "soar", kind: .webhook, url: try #require(HTTPURL("http://127.0.0.1:\(server.port)/")))
    webhook.allowsPlainHTTP = true
    var known: [String] = []
    for round in 1...3 {
      let fixture = try await Self.fixture(in: folder, [webhook])
      let user = "person-\(round)@example.org"
      #expect(
        try await fixture.post("/audit", Self.exec(round, user: user, pod: "web-\(round)", address: round)).status
          == 200)
      try await Self.wait("round \(round)") { try await Self.ids(fixture, "/api/v1/incidents").count == round }
      try await Self.wait("all of round \(round) is sent") {
        try await fixture.get("/api/v1/deliveries").json["deliveries"]?.elements.isEmpty == true
      }
      let alerts = try await Self.ids(fixture, "/api/v1/alerts").sorted()
      #expect(Set(known).isSubset(of: alerts))
      known = alerts
      await fixture.close()
    }
    await server.close()
    let received = receiver.withLock { $0 }
    #expect(Set(received).isSuperset(of: known))
    #expect(Set(received).count == received.count, "\(received)")
  }

  /// A receiver that is down for a while gets everything, and a receiver that refuses makes a dead letter.
  @Test func receiversThatAreDownGetItLater() async throws {
    let isDown = Mutex(true)
    let received = Mutex<[String]>([])
    let server = try await LoopbackServer(tls: nil) { request in
      if request.uri.hasPrefix("/refused") { return .full(status: 403, headers: [], body: Array("no".utf8)) }
      guard !isDown.withLock({ $0 }) else { return .full(status: 503, headers: [], body: []) }
      let notices = (try? JSONReader.read(request.body))?["notices"]?.elements ?? []
      received.withLock { $0 += notices.compactMap { $0["id"]?.string } }
      return .full(status: 200, headers: [], body: [])
    }
    func destination(_ name: String) throws -> Destination {
      var made = Destination(
        name: name, kind: .webhook, url: try #require(HTTPURL("http://127.0.0.1:\(server.port)/\(name)")))
      made.allowsPlainHTTP = true
      made.content = [.incidents]
      return made
    }
    let fixture = try await Self.fixture([try destination("soar"), try destination("refused")])
    #expect(try await fixture.post("/audit", Self.exec(1)).status == 200)
    try await Self.wait("a dead letter and a try") {
      let items = try await fixture.get("/api/v1/deliveries").json["deliveries"]?.elements ?? []
      return items.contains { $0["state"]?.string == "dead" && $0["destination"]?.string == "refused" }
        && items.contains { $0["destination"]?.string == "soar" && $0["tries"]?.int ?? 0 > 0 }
    }
    #expect(received.withLock { $0 }.isEmpty)
    isDown.withLock { $0 = false }
    fixture.time.withLock { $0 = Timestamp(nanoseconds: $0.nanoseconds + 600_000_000_000) }
    try await Self.wait("it is taken") { received.withLock { $0 }.count == 1 }
    #expect(
      try await fixture.post("/api/v1/deliveries", #"{"action":"redeliver"}"#, as: .admin).json["count"]?.int == 1)
    let metrics = try await fixture.get("/metrics").text
    #expect(metrics.contains("bartizan_incidents_open{severity=\"medium\"} 1"))
    #expect(metrics.contains("bartizan_detection_alerts_total{severity=\"medium\"} 1"))
    await fixture.close()
    await server.close()
    #expect(fixture.lines().contains { $0.contains("not delivered to refused") })
  }

  @Test func suppressedAlertsReachNobody() async throws {
    let fixture = try await Self.fixture()
    let answer = try await fixture.post(
      "/api/v1/suppressions",
      #"{"rule":"kubernetes-exec","actor":"ann@example.org","reason":"her tests","for":"2h"}"#, as: .admin)
    #expect(answer.status == 200, "\(answer.text)")
    let id = try #require(answer.json["suppressions"]?.elements.first?["id"]?.string)
    #expect(try await fixture.post("/audit", Self.exec(1)).status == 200)
    try await Self.wait("the alert") {
      try await Self.ids(fixture, "/api/v1/alerts?suppressed=true&rule=kubernetes-exec").count == 1
    }
    #expect(try await Self.ids(fixture, "/api/v1/alerts?rule=kubernetes-exec").isEmpty)
    #expect(try await Self.ids(fixture, "/api/v1/incidents").isEmpty)
    let list = try await fixture.get("/api/v1/suppressions").json["suppressions"]?.elements ?? []
    #expect(list.map { $0["alerts"]?.int } == [1] && list.first?["author"]?.string == "admin-token")
    #expect(try await fixture.ask(.delete, "/api/v1/suppressions/\(id)", as: .admin).status == 200)
    #expect(try await fixture.ask(.delete, "/api/v1/suppressions/\(id)", as: .admin).status == 404)
    await fixture.close()
  }

  /// What docs/openapi.yaml describes is what is answered.
  @Test func theDescriptionHolds() async throws {
    let stream = DocumentReader.read(try FileReaderForTests.bytes("docs/openapi.yaml"))
    let document = try #require(stream.documents.first)
    #expect(stream.errors.isEmpty)
    let samples = [
      "state": "new,closed", "severity": "low", "rule": "kubernetes-exec", "actor": "ann@example.org",
      "assignee": "kim",
      "since": "2026-11-28", "until": "now", "limit": "5", "cursor": "0.a", "suppressed": "true", "past": "true",
      "destination": "siem",
    ]
    let bodies = [
      "/api/v1/alerts/{id}": #"{"action":"comment","comment":"seen"}"#,
      "/api/v1/incidents/{id}": #"{"action":"assign","assignee":"kim"}"#,
      "/api/v1/suppressions": #"{"rule":"r","reason":"noise","for":"1h"}"#,
      "/api/v1/deliveries": #"{"action":"redeliver"}"#, "/api/v1/self-test": "{}",
    ]
    let fixture = try await Self.fixture()
    #expect(try await fixture.post("/audit", Self.exec(1)).status == 200)
    try await Self.wait("an incident") { try await Self.ids(fixture, "/api/v1/incidents").count == 1 }
    var ids: [String: String] = [:]
    for area in ["alerts", "incidents"] { ids[area] = try await Self.ids(fixture, "/api/v1/\(area)").first }
    var asked = 0
    for entry in document["paths"]?.entries ?? [] where !entry.key.hasPrefix("/api/v1/events") {
      let area = entry.key.split(separator: "/")[2]
      let target = entry.key.replacing("{id}", with: ids[String(area)] ?? "none")
      func kind(_ method: String) -> String? {
        entry.value[path: method, "responses", "200", "content", "application/json", "schema", "$ref"]?.string?
          .split(separator: "/").last.map(String.init)
      }
      if entry.value["get"] != nil {
        var pairs: [String] = []
        for parameter in entry.value[path: "get", "parameters"]?.elements ?? [] {
          let reference = parameter["$ref"]?.string?.split(separator: "/").last.map(String.init)
          let node = reference.flatMap { document[path: "components", "parameters", $0] } ?? parameter
          let name = try #require(node["name"]?.string)
          pairs.append(name + "=" + (try #require(samples[name], "\(name)")))
        }
        let answer = try await fixture.get(target + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")))
        #expect(answer.status == 200, "\(target) \(pairs): \(answer.text)")
        #expect(answer.json["kind"]?.string == kind("get"), "\(target)")
      }
      if entry.value["post"] != nil {
        let answer = try await fixture.post(target, try #require(bodies[entry.key]), as: .admin)
        #expect(answer.status == 200, "\(target): \(answer.text)")
        #expect(answer.json["kind"]?.string == kind("post"), "\(target)")
        if area == "suppressions" {
          ids["suppressions"] = answer.json["suppressions"]?.elements.first?["id"]?.string
        }
      }
      if entry.value["delete"] != nil {
        let answer = try await fixture.ask(.delete, target, as: .admin)
        #expect(answer.status == 200 && answer.json["kind"]?.string == kind("delete"), "\(target): \(answer.text)")
      }
      asked += 1
    }
    #expect(asked == 8)
    await fixture.close()
  }

  @Test func withoutDetectionThereIsNothingToAsk() async throws {
    let fixture = try await EventFixture()
    #expect(try await fixture.get("/api/v1/alerts").status == 404)
    await fixture.close()
  }
}
