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

/// Questions over HTTP: what they answer, and what they never tell.
@Suite struct EventAPITests {
  /// Events of a few seconds, with one of them a Secret.
  private static func filled() async throws -> EventFixture {
    let fixture = try await EventFixture()
    var lines: [String] = []
    for number in 0..<30 {
      lines.append(
        #"{"time":"2026-11-28T10:00:\#(number < 10 ? "0" : "")\#(number)Z","message":"number \#(number)","n":\#(number)}"#
      )
    }
    #expect(try await fixture.post("/ingest", lines.joined(separator: "\n")).status == 200)
    let secret =
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"s1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/a/secrets","verb":"create","user":{"username":"kim"},"objectRef":{"resource":"secrets","namespace":"a","name":"b","apiVersion":"v1"},"requestObject":{"kind":"Secret","apiVersion":"v1","metadata":{"name":"b"},"stringData":{"password":"hunter2","pin":4711}},"responseStatus":{"code":201},"requestReceivedTimestamp":"2026-11-28T10:01:00.000000Z","stageTimestamp":"2026-11-28T10:01:00.000000Z"}"#
    #expect(try await fixture.post("/audit", secret).status == 200)
    return fixture
  }

  @Test func pagesAreTheWhole() async throws {
    let fixture = try await Self.filled()
    for order in ["newest-first", "oldest-first"] {
      var numbers: [Int64] = []
      var cursor: String?
      repeat {
        let more = cursor.map { "&cursor=" + $0 } ?? ""
        let answer = try await fixture.get("/api/v1/events/search?query=n:*&limit=7&order=\(order)\(more)")
        #expect(answer.status == 200, "\(answer.text)")
        numbers += (answer.json["events"]?.elements ?? []).compactMap {
          $0["message"]?.string?.split(separator: " ").last.flatMap { Int64($0) }
        }
        cursor = answer.json["next"]?.string
      } while cursor != nil
      #expect(numbers == (order == "oldest-first" ? Array(0..<30) : (0..<30).reversed()))
    }
    await fixture.close()
  }

  @Test func countsAndFields() async throws {
    let fixture = try await Self.filled()
    let count = try await fixture.get(
      "/api/v1/events/count?query=n%20%3C%2010&countBy=event.dataset&sum=n&bucket=5s&since=2026-11-28&limit=3")
    #expect(count.status == 200, "\(count.text)")
    #expect(count.json["total"]?.int == 10 && count.json["groups"]?.elements.count == 2)
    #expect(count.json["groups"]?.elements.first?["measures"]?.elements.first?["value"]?.int == 10)
    let posted = try await fixture.post(
      "/api/v1/events/count", #"{"query":"n < 10","countBy":["event.dataset"],"top":["message=2"]}"#, as: .read)
    #expect(posted.json["total"]?.int == 10)
    let fields = try await fixture.get("/api/v1/events/fields?query=n:5&values=1")
    #expect(fields.json["events"]?.int == 1)
    let status = try await fixture.get("/api/v1/events/status")
    #expect(status.json["kind"]?.string == "EventStore" && status.json["pending"]?.int == 31)
    let one = try await fixture.get("/api/v1/events/3")
    #expect(one.json["kind"]?.string == "EventDetail" && one.json[path: "event", "bartizan.event"] != .some(.null))
    #expect(try await fixture.get("/api/v1/events/3000").status == 404)
    await fixture.close()
  }

  @Test(arguments: [
    ("search?query=a:(", "query"), ("search?limit=0", "limit"), ("search?limit=x", "limit"),
    ("search?order=up", "order"),
    ("search?cursor=x", "cursor"), ("search?colour=red", "unknown parameter"), ("search?limit=1&limit=2", "limit"),
    ("search?since=soon", "since"), ("count?bucket=x", "bucket"), ("count?percentiles=a=x", "percentiles"),
    ("fields?values=-1", "values"), ("status?query=a", "unknown parameter"), ("search?reveal=maybe", "reveal"),
  ]) func whatIsWrongIsSaid(_ target: String, _ word: String) async throws {
    let fixture = try await EventFixture()
    let answer = try await fixture.get("/api/v1/events/" + target)
    #expect(answer.status == 400 && answer.json["kind"]?.string == "Error", "\(answer.text)")
    #expect(answer.json["message"]?.string?.contains(word) == true, "\(answer.text)")
    await fixture.close()
  }

  @Test func wrongBodiesAreSaid() async throws {
    let fixture = try await EventFixture()
    for body in ["", "x", "[]", #"{"query":{}}"#, #"{"query":null}"#, #"{"querry":"a"}"#] {
      #expect(try await fixture.post("/api/v1/events/search", body, as: .read).status == 400, "\(body)")
    }
    #expect(try await fixture.post("/api/v1/events/search", "{}", as: .read, type: "text/plain").status == 400)
    #expect(try await fixture.post("/api/v1/events/status", "{}", as: .read).status == 405)
    #expect(try await fixture.get("/api/v1/events/-1").status == 404)
    #expect(try await fixture.get("/api/v1/events").status == 404)
    let large = String(repeating: "a", count: 2 << 20)
    #expect(try await fixture.post("/api/v1/events/search", large, as: .read).status == 413)
    await fixture.close()
  }

  /// Whoever may not see a secret cannot ask for it either, by whatever question.
  @Test func questionsAreNoOracle() async throws {
    let fixture = try await Self.filled()
    let path = "requestObject.stringData.password"
    // In pairs: one is true of the secret, the other is not. Both get the same answer.
    let pairs = [
      ("hunter2", "hunter3"), ("hunt*", "hunx*"), ("\(path): hunter2", "\(path): other"),
      ("\(path): h*", "\(path): x*"), ("not \(path): h*", "not \(path): x*"), ("\(path) >= a", "\(path) >= z"),
      ("requestObject.stringData.pin: 4711", "requestObject.stringData.pin: 4712"),
      ("requestObject.stringData.pin > 4000", "requestObject.stringData.pin > 5000"),
      ("\(path): (h* or \\*)", "\(path): (x* or \\*)"),
    ]
    for (place, (holds, fails)) in (pairs + pairs).enumerated() {
      // Once before events are packed, when there are no filters, and once after.
      if place == pairs.count { await fixture.server.maintain() }
      for kind in ["search", "count", "fields"] {
        func ask(_ query: String) async throws -> String {
          var writer = JSONWriter(pretty: false)
          writer.object { $0.field("query", query) }
          return try await fixture.post("/api/v1/events/" + kind, writer.text, as: .read).text
        }
        #expect(try await ask(holds) == ask(fails), "\(kind) \(holds)")
      }
    }
    for measure in ["min", "max", "sum", "avg", "percentiles", "top"] {
      let answer = try await fixture.get(
        "/api/v1/events/count?query=user.name:kim&\(measure)=requestObject.stringData.pin")
      #expect(answer.status == 200 && !answer.text.contains("4711"), "\(answer.text)")
    }
    let grouped = try await fixture.get("/api/v1/events/count?query=user.name:kim&countBy=\(path)")
    #expect(grouped.json["total"]?.int == 1 && !grouped.text.contains("hunter2"))
    await fixture.close()
  }

  @Test func revealingIsForAdministratorsAndIsRecorded() async throws {
    let fixture = try await Self.filled()
    #expect(try await fixture.get("/api/v1/events/search?query=user.name:kim&reveal=true").status == 403)
    let hidden = try await fixture.get("/api/v1/events/search?query=user.name:kim", as: .admin)
    #expect(hidden.text.contains("********") && !hidden.text.contains("hunter2"))
    let shown = try await fixture.get("/api/v1/events/search?query=hunter2&reveal=true", as: .admin)
    #expect(shown.text.contains("hunter2"))
    let record = try await fixture.get("/api/v1/events/search?query=event.dataset:bartizan.activity")
    let event = try #require(record.json["events"]?.elements.first)
    #expect(record.json["events"]?.elements.count == 1)
    #expect(event["event.action"]?.string == "secrets-revealed" && event["user.name"]?.string == "admin-token")
    #expect(event["bartizan.protocol"]?.string == "internal" && event["source.ip"]?.string == "127.0.0.1")
    await fixture.close()
  }

  // MARK: Description

  /// What docs/openapi.yaml describes is what is answered.
  @Test func theDescriptionHolds() async throws {
    let path = FileReaderForTests.repository + "/docs/openapi.yaml"
    let stream = DocumentReader.read(try FileReaderForTests.bytes(path))
    let document = try #require(stream.documents.first)
    #expect(stream.errors.isEmpty && document["openapi"]?.string == "3.1.0")
    let samples = [
      "query": "n:*", "since": "2026-11-28", "until": "now", "limit": "5", "order": "oldest-first", "cursor": "0.0",
      "fields": "n", "reveal": "false", "countBy": "n", "bucket": "5m", "sum": "n", "min": "n", "max": "n", "avg": "n",
      "percentiles": "n=50", "distinct": "n", "top": "n=2", "values": "1",
    ]
    let fixture = try await Self.filled()
    var asked = 0
    for entry in document["paths"]?.entries ?? [] where entry.key.hasPrefix("/api/v1/events") {
      let target = entry.key.replacing("{position}", with: "1")
      var pairs: [String] = []
      for parameter in entry.value[path: "get", "parameters"]?.elements ?? [] {
        let reference = parameter["$ref"]?.string?.split(separator: "/").last.map(String.init)
        let node = reference.flatMap { document[path: "components", "parameters", $0] } ?? parameter
        guard node["in"]?.string == "query" else { continue }
        let name = try #require(node["name"]?.string)
        pairs.append(name + "=" + (try #require(samples[name], "\(name)")))
      }
      let answer = try await fixture.get(target + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")))
      #expect(answer.status == 200, "\(target) \(pairs): \(answer.text)")
      let kind = entry.value[
        path: "get", "responses", "200", "content", "application/json", "schema", "$ref"]?.string?.split(separator: "/")
        .last
      #expect(answer.json["kind"]?.string == kind.map(String.init), "\(target)")
      if entry.value["post"] != nil {
        #expect(try await fixture.post(target, #"{"query":"n: 1"}"#, as: .read).status == 200)
      }
      asked += 1
    }
    #expect(asked == 5)
    await fixture.close()
  }

  // MARK: Our own client

  @Test func ourClientAsksLikeTheStore() async throws {
    let fixture = try await Self.filled()
    let client = HTTPClient(HTTPSettings())
    let url = try #require(HTTPURL("http://127.0.0.1:\(fixture.server.address.port)"))
    let server = EventQuestions.server(EventServerClient(client, url, token: fixture.token(.admin)))
    let store = EventQuestions.store(
      try SQLiteEventStore(fixture.folder.path + "/events", mode: .reading, now: { EventFixture.start }))
    for query in ["*", "n >= 10", "user.name: kim", "nothing.of: that"] {
      for reveals in [false, true] {
        // Nothing more is recorded meanwhile.
        let question = try EventQuestion(query: query, until: "2026-11-28T11:00:00Z", now: EventFixture.start)
        let (a, b) = (
          try await server.events(question, .all, reveals: reveals),
          try await store.events(question, .all, reveals: reveals)
        )
        #expect(a.events.map(\.id) == b.events.map(\.id))
        #expect(a.events.map { $0.event.fields().map(\.values) } == b.events.map { $0.event.fields().map(\.values) })
        #expect(a.events.map(\.event.originalText) == b.events.map(\.event.originalText))
        var wanted = StatisticsQuestion()
        wanted.countBy = ["event.dataset"]
        wanted.bucket = "10s"
        wanted.sum = ["n"]
        wanted.percentiles = ["n=50"]
        wanted.distinct = ["message"]
        wanted.top = ["message=2"]
        let (c, d) = (
          try await server.statistics(question, wanted, reveals: reveals),
          try await store.statistics(question, wanted, reveals: reveals)
        )
        #expect(c.statistics.total == d.statistics.total && c.statistics.groupCount == d.statistics.groupCount)
        #expect(c.statistics.rows.map(\.measures) == d.statistics.rows.map(\.measures))
        #expect(c.statistics.rows.map(\.values) == d.statistics.rows.map(\.values))
        #expect(c.statistics.rows.map(\.start) == d.statistics.rows.map(\.start))
        let (e, f) = (
          try await server.fields(question, values: 2, reveals: reveals),
          try await store.fields(question, values: 2, reveals: reveals)
        )
        #expect(e.census.fields.map(\.name) == f.census.fields.map(\.name))
        #expect(e.census.fields.map { $0.top.map(\.value) } == f.census.fields.map { $0.top.map(\.value) })
      }
    }
    #expect(try await server.event(at: EventPosition(4), reveals: false) != nil)
    #expect(try await server.event(at: EventPosition(4_000), reveals: false) == nil)
    for (token, word) in [
      ("", "wants a token"), ("bzt_unknown-token", "does not know"), (fixture.token(.ingest), "read"),
    ] {
      let stranger = EventQuestions.server(EventServerClient(client, url, token: token.isEmpty ? nil : token))
      let error = await #expect(throws: BartizanError.self) {
        _ = try await stranger.events(
          try EventQuestion(query: "*", now: EventFixture.start), .all, reveals: false)
      }
      #expect(error?.code == .usage && error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
    await client.close()
    await fixture.close()
  }
}
