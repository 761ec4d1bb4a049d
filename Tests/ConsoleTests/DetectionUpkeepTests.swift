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

/// What keeps detection trustworthy: self-tests, what is known of the cluster, retention, and events that are handed on.
@Suite struct DetectionUpkeepTests {
  private static let rules = RuleSet(BuiltInRules.sources)

  private static func fixture(
    in folder: TemporaryFolder? = nil, _ destinations: [Destination] = [],
    _ change: @escaping (inout EventServer.Settings) throws -> Void = { _ in }
  ) async throws -> EventFixture {
    try await EventFixture(in: folder) { settings, _ in
      settings.detection = DetectionSettings(rules: rules, destinations: destinations)
      settings.detection?.pause = .milliseconds(5)
      try change(&settings)
    }
  }

  private static func wait(_ what: String, _ isDone: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < end {
      if try await isDone() { return }
      await Task.yield()
    }
    Issue.record("waited in vain: \(what)")
  }

  private static func exec(_ number: Int) -> String {
    """
    {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"5f1f7a3e-0000-4000-8000-00000000000\(number)",\
    "stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods/web-1/exec","verb":"get",\
    "user":{"username":"ann@example.org"},"sourceIPs":["192.0.2.7"],"objectRef":{"resource":"pods","subresource":"exec",\
    "namespace":"shop","name":"web-1"},"responseStatus":{"code":101},\
    "requestReceivedTimestamp":"2026-11-28T11:59:0\(number).250Z","stageTimestamp":"2026-11-28T11:59:0\(number).250Z"}
    """
  }

  @Test func aSelfTestComesThrough() async throws {
    let fixture = try await Self.fixture()
    #expect(try await fixture.post("/api/v1/self-test", "{}", as: .read).status == 403)
    #expect(try await fixture.get("/api/v1/self-test").status == 405)
    for _ in 0..<2 {
      let answer = try await fixture.post("/api/v1/self-test", "{}", as: .admin)
      #expect(answer.status == 200 && answer.json["isPassed"]?.bool == true, "\(answer.text)")
    }
    // Nobody has to look at it, and nothing else is said of its event.
    #expect(try await fixture.get("/api/v1/alerts").json["alerts"]?.elements.isEmpty == true)
    let closed = try await fixture.get("/api/v1/alerts?state=closed").json["alerts"]?.elements ?? []
    #expect(closed.map { $0["rule"]?["id"]?.string } == ["bartizan-self-test"])
    let metrics = try await fixture.get("/metrics").text
    #expect(metrics.contains("bartizan_self_tests_total{outcome=\"passed\"} 2"))
    #expect(metrics.contains("bartizan_self_test_failing 0"))
    #expect(metrics.contains("bartizan_detection_rule_seconds_total{rule="))
    await fixture.close()
  }

  /// Alerts of pods that are open to the outside are more severe from the moment on at which that is known.
  @Test func theClusterIsReadAnew() async throws {
    let reads = Mutex(0)
    let fixture = try await Self.fixture { settings in
      settings.detection?.facts = ClusterFacts()
      settings.detection?.refresh = .milliseconds(20)
      settings.detection?.freshFacts = {
        reads.withLock { $0 += 1 }
        var facts = ClusterFacts()
        facts.pods["shop/web-1"] = ClusterFacts.Thing(
          owner: "Deployment shop/web", facts: [ClusterFacts.Fact(.escape, "it can take the node")])
        return facts
      }
    }
    try await Self.wait("the cluster is read") { reads.withLock { $0 } > 1 }
    #expect(try await fixture.post("/audit", Self.exec(1)).status == 200)
    try await Self.wait("a severe alert") {
      try await fixture.get("/api/v1/alerts?severity=high&rule=kubernetes-exec").json["alerts"]?.elements.count == 1
    }
    await fixture.close()
  }

  @Test func oldAlertsAreDeleted() async throws {
    let fixture = try await Self.fixture { $0.alertAge = 30 * 86_400_000_000_000 }
    #expect(try await fixture.post("/audit", Self.exec(1)).status == 200)
    try await Self.wait("an incident") {
      try await fixture.get("/api/v1/incidents").json["incidents"]?.elements.count == 1
    }
    await fixture.server.maintain()
    #expect(try await fixture.get("/api/v1/incidents").json["incidents"]?.elements.count == 1)
    fixture.time.withLock { $0 = Timestamp(nanoseconds: $0.nanoseconds + 31 * 86_400_000_000_000) }
    await fixture.server.maintain()
    #expect(try await fixture.get("/api/v1/incidents").json["incidents"]?.elements.isEmpty == true)
    #expect(try await fixture.get("/api/v1/alerts").json["alerts"]?.elements.isEmpty == true)
    #expect(fixture.lines().contains { $0.contains("deleted by retention") })
    await fixture.close()
  }

  /// A receiver that was down gets every event, one that it does not take is left out and said, and nothing is sent twice after a
  /// start.
  @Test func eventsAreHandedOn() async throws {
    let folder = try TemporaryFolder()
    let isDown = Mutex(true)
    let received = Mutex<[String]>([])
    let server = try await LoopbackServer(tls: nil) { request in
      if isDown.withLock({ $0 }) { return .full(status: 503, headers: [], body: []) }
      let texts = ((try? JSONReader.read(request.body))?["notices"]?.elements ?? []).compactMap {
        $0["event.original"]?.string
      }
      if texts.contains(where: { $0.contains("poison") }) { return .full(status: 400, headers: [], body: []) }
      received.withLock { $0 += texts }
      return .full(status: 200, headers: [], body: [])
    }
    var lake = Destination(name: "lake", kind: .webhook, url: try #require(HTTPURL("http://127.0.0.1:\(server.port)/")))
    lake.allowsPlainHTTP = true
    lake.content = [.events]
    lake.question = "not message: \"quiet*\""
    let fixture = try await Self.fixture(in: folder, [lake])
    #expect(
      try await fixture.post("/ingest", "first\npoison\nquiet one\npassword=hunter2secret\n", type: "text/plain").status
        == 200)
    try await Self.wait("a failure is said") { fixture.lines().contains { $0.contains("events wait for lake") } }
    #expect(received.withLock { $0 }.isEmpty)
    isDown.withLock { $0 = false }
    try await Self.wait("both are taken") { received.withLock { $0 }.count == 2 }
    // Secrets are hidden, as in every answer.
    #expect(received.withLock { $0 }.first == "first" && !received.withLock { "\($0)" }.contains("hunter2secret"))
    try await Self.wait("one is left out") { fixture.lines().contains { $0.contains("1 event not taken by lake") } }
    await fixture.close()
    let again = try await Self.fixture(in: folder, [lake])
    #expect(try await again.post("/ingest", "last\n", type: "text/plain").status == 200)
    try await Self.wait("the last is taken") { received.withLock { $0 }.contains("last") }
    #expect(received.withLock { $0 }.count == 3)
    await again.close()
    await server.close()
  }

  /// The receivers of ours take what we send to others: Fluent Forward with a key, and syslog.
  @Test func ourOwnReceiversTakeIt() async throws {
    let receiver = try await EventFixture { settings, _ in
      settings.senders.fluent = ListenAddress(host: "127.0.0.1", port: 0)
      settings.senders.fluentKey = "0123456789abcdef"
      settings.senders.fluentUsers = ["ann": "a-long-password"]
      settings.senders.syslog = ListenAddress(host: "127.0.0.1", port: 0)
    }
    func made(_ kind: Destination.Kind, _ port: Int, _ password: String = "a-long-password") throws -> Destination {
      var made = Destination(
        name: "\(kind.rawValue)-\(password)", kind: kind,
        url: try #require(HTTPURL(anyScheme: "tcp://127.0.0.1:\(port)")))
      made.allowsPlainHTTP = true
      if kind == .fluentForward {
        made.sharedKey = Destination.Secret("0123456789abcdef")
        made.username = "ann"
        made.secret = Destination.Secret(password)
      }
      return made
    }
    let fluent = try #require(receiver.server.fluent?.port)
    let fixture = try await Self.fixture([
      try made(.fluentForward, fluent), try made(.fluentForward, fluent, "wrong-password"),
      try made(.syslog, try #require(receiver.server.syslog?.port)),
    ])
    #expect(try await fixture.post("/audit", Self.exec(1)).status == 200)
    try await Self.wait("Fluent Forward") {
      try await receiver.found("event.provider: bartizan.incident").count == 1
    }
    try await Self.wait("syslog") { try await receiver.found("log.syslog.msgid: incident").count == 1 }
    try await Self.wait("a dead letter for the wrong password") {
      let items = try await fixture.get("/api/v1/deliveries").json["deliveries"]?.elements ?? []
      return items.contains {
        $0["state"]?.string == "dead" && $0["destination"]?.string == "fluent-forward-wrong-password"
      }
    }
    await fixture.close()
    await receiver.close()
  }
}
