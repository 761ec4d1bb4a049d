import Bytes
import Events
import Server
import TestKit
import Testing

@testable import Ingest

/// What each protocol answers, as its clients understand it.
@Suite struct EndpointTests {
  private static let event =
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a1","stage":"ResponseComplete","requestURI":"/api","verb":"list","user":{"username":"kim"},"sourceIPs":["10.0.0.1"],"objectRef":{"resource":"secrets","apiVersion":"v1"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-01T08:00:00.000000Z","stageTimestamp":"2026-11-01T08:00:00.000000Z"}"#

  @Test func audit() async {
    let fixture = IngestFixture()
    let list =
      #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[\#(Self.event),\#(Self.event)]}"#
    #expect(await fixture.ask("POST", "/audit?timeout=30s", list).status == 200)
    #expect(fixture.sink.events.map { $0.text(.userName) } == ["kim", "kim"])
    #expect(
      await fixture.ask("POST", "/audit", #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]}"#).status
        == 200)
    #expect(await fixture.ask("POST", "/audit", "").status == 400)
    #expect(await fixture.ask("GET", "/audit").status == 405)
    #expect(fixture.sink.events.count == 2)
  }

  /// A list of things that are no records is no log: the sender is told, and nothing of it is kept.
  @Test(arguments: [
    ("[1,2,3]", [400, 400, 400]), (#"["a","b"]"#, [400, 400, 400]), ("[]", [400, 400, 400]),
    (#"[{"a":1},2,"x"]"#, [400, 400, 400]), (#"[[{"a":1}]]"#, [400, 400, 400]), ("[null]", [400, 400, 400]),
    ("\n [\n  {\"a\":1},\n  true\n]\n", [400, 400, 400]),
    (#"{"kind":"EventList","items":[1,2]}"#, [400, 400, 400]),
    (#"{"kind":"EventList","items":[{"a":1},2]}"#, [400, 400, 400]),
    (#"{"kind":"EventList","items":[[{"a":1}]]}"#, [400, 400, 400]),
    (#"{"events":[{"a":1},5]}"#, [400, 400, 400]),
    // Of plain lines each is one, and only `/ingest` takes those.
    ("5", [200, 400, 400]), ("null", [200, 400, 400]), (#""x""#, [200, 400, 400]),
    ("[info] started", [200, 400, 400]), ("[1,2", [200, 400, 400]),
    // A document that was cut off: its sender has it whole.
    (#"{"kind":"EventList","apiVer"#, [200, 400, 400]),
    // Records and what a record may hold.
    (#"[{"a":1},{"b":[1,2]}]"#, [200, 200, 200]), (#"{"values":[1,2]}"#, [200, 200, 200]),
    (#"{"items":[1,2]}"#, [200, 200, 200]),
  ]) func listsHoldRecords(_ body: String, _ statuses: [Int]) async {
    for (target, status) in zip(["/ingest", "/audit", "/falco"], statuses) {
      let fixture = IngestFixture()
      let response = await fixture.ask("POST", target, body)
      #expect(response.status == status, "\(target) \(body)")
      #expect(fixture.sink.events.isEmpty == (status != 200), "\(target) \(body)")
    }
  }

  @Test func theElementIsNamed() async {
    let response = await IngestFixture().ask("POST", "/ingest", "[\n{\"a\":1},\n7]")
    #expect(
      String(decoding: response.body, as: UTF8.self)
        == "line 3: element 2 of the list is no JSON object; nothing of the body was taken\n")
  }

  /// Splunk's time is a number of seconds, as a number or as text.
  @Test(arguments: [
    (#"{"event":"x","time":1764450000.5}"#, 200), (#"{"event":"x","time":"1764450000"}"#, 200),
    (#"{"event":"x","time":null}"#, 200), (#"{"event":"x","time":"abc"}"#, 400), (#"{"event":"x","time":[1]}"#, 400),
  ]) func timesOfSplunkAreNumbers(_ body: String, _ status: Int) async {
    let response = await IngestFixture().ask("POST", "/services/collector/event", body)
    #expect(response.status == status)
    #expect((try? JSONReader.read(response.body))?["code"]?.int == (status == 200 ? 0 : 6))
  }

  /// A repeated field of messages holds messages, and a message that is none is not passed over.
  @Test(arguments: [
    (#"{"resourceLogs":[1]}"#, 400), (#"{"resourceLogs":{"scopeLogs":[]}}"#, 400),
    (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}},7]}]}]}"#, 400),
    (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]},"s"]}]}"#, 400),
    ("[]", 400), ("{}", 200), (#"{"resourceLogs":null}"#, 200), (#"{"resourceLogs":[{"scopeLogs":[]}]}"#, 200),
  ]) func recordsOfOTLPAreMessages(_ body: String, _ status: Int) async {
    let fixture = IngestFixture()
    let response = await fixture.ask("POST", "/v1/logs", body, fields: [("Content-Type", "application/json")])
    #expect(response.status == status)
    #expect(fixture.sink.events.isEmpty)
  }

  struct Refused: Sendable {
    let target: String
    let body: String
    let type: String
    /// Of a store that is busy, and of one that fails.
    let statuses: [Int]
  }

  static let refused = [
    Refused(target: "/audit", body: event, type: "application/json", statuses: [429, 503]),
    Refused(
      target: "/falco", body: #"{"rule":"r","priority":"Error","output":"o","time":"2026-11-01T08:00:00Z"}"#,
      type: "application/json", statuses: [429, 503]),
    Refused(target: "/ingest", body: "a line", type: "text/plain", statuses: [429, 503]),
    Refused(target: "/receiver/v1/http/x", body: "a line", type: "text/plain", statuses: [429, 503]),
    Refused(target: "/services/collector", body: #"{"event":"a"}"#, type: "application/json", statuses: [503, 500]),
    Refused(target: "/services/collector/raw", body: "a line", type: "text/plain", statuses: [503, 500]),
    Refused(
      target: "/_bulk", body: "{\"index\":{\"_index\":\"a\"}}\n{\"message\":\"m\"}\n", type: "application/x-ndjson",
      statuses: [429, 200]),
    Refused(
      target: "/v1/logs",
      body: #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"m"}}]}]}]}"#,
      type: "application/json",
      statuses: [429, 503]),
  ]

  /// Nothing that is not stored is acknowledged.
  @Test(arguments: refused) func whatIsNotStoredIsNotAcknowledged(_ refused: Refused) async {
    let fixture = IngestFixture()
    let fields = [("Content-Type", refused.type)]
    for (failure, status) in zip([IngestFailure.busy, .failed], refused.statuses) {
      fixture.sink.fail(failure)
      let response = await fixture.ask("POST", refused.target, refused.body, fields: fields)
      #expect(response.status == status, "\(response.text)")
      if status == 200 {
        #expect(response.json["errors"]?.bool == true)
        #expect(response.json["items"]?.elements.first?["index"]?["status"]?.int == 503)
      }
    }
    #expect(fixture.sink.events.isEmpty)
    fixture.sink.fail(nil)
    #expect(await fixture.ask("POST", refused.target, refused.body, fields: fields).status == 200)
    #expect(fixture.sink.events.count == 1)
  }

  @Test(arguments: [
    ("/audit", "", 401), ("/audit", "Bearer bzt_x", 401), ("/_bulk", "", 401), ("/v1/logs", "", 401),
    ("/services/collector", "", 401), ("/services/collector?token=x", "", 400),
    ("/services/collector", "Splunk x", 403),
    ("/receiver/v1/http/x", "", 401), ("/nothing", "", 404),
  ]) func strangersAreRefused(_ target: String, _ authorization: String, _ status: Int) async {
    let fixture = IngestFixture()
    #expect(await fixture.ask("POST", target, Array("{}".utf8), authorization: authorization).status == status)
    #expect(fixture.sink.events.isEmpty)
  }

  @Test func everyWayOfShowingATokenCounts() async {
    let fixture = IngestFixture()
    let token = fixture.token
    let basic = Base64.encode(Array("x:\(token)".utf8))
    for authorization in ["Bearer \(token)", "Basic \(basic)", "ApiKey \(basic)", "Splunk \(token)"] {
      #expect(await fixture.ask("POST", "/ingest", Array("a".utf8), authorization: authorization).status == 200)
    }
    #expect(
      await fixture.ask("POST", "/receiver/v1/http/\(token)", Array("a\nb".utf8), authorization: "").status == 200)
    #expect(fixture.sink.events.count == 6)
  }

  @Test func repetitionsAreKnown() async {
    let fixture = IngestFixture()
    let key = [("Idempotency-Key", "k1")]
    #expect(await fixture.ask("POST", "/ingest", "a\nb", fields: key).text == #"{"events":2,"repeated":0}"#)
    #expect(await fixture.ask("POST", "/ingest", "a\nb", fields: key).text == #"{"events":2,"repeated":2}"#)
    #expect(await fixture.ask("POST", "/ingest", "a", fields: [("Idempotency-Key", "")]).status == 400)
    #expect(fixture.sink.events.count == 2)
  }

  // MARK: Elasticsearch

  @Test func bulkAnswersEachItem() async {
    let fixture = IngestFixture()
    let body = """
      {"index":{"_index":"a","_id":"1"}}
      {"message":"one"}
      {"create":{"_id":"2"}}
      {"message":"two"}
      {"delete":{"_id":"3"}}
      {"update":{"_id":"4"}}
      {"doc":{}}
      {"index":{}}
      no json
      {"index":{}}
      {"message":"five"}

      """
    let first = await fixture.ask("POST", "/logs/_bulk", body)
    func statuses(_ response: ServerResponse) -> [Int64] {
      (response.json["items"]?.elements ?? []).compactMap { $0.entries.first?.value["status"]?.int }
    }
    #expect(statuses(first) == [201, 201, 400, 400, 400, 201] && first.json["errors"]?.bool == true)
    #expect(fixture.sink.events.map { $0.text(.message) } == ["one", "two", "five"])
    // The same again: a creation is a conflict, which clients count as success; without an id nothing knows it.
    #expect(statuses(await fixture.ask("POST", "/logs/_bulk", body)) == [200, 409, 400, 400, 400, 201])
    // Another document of the same id is another event.
    _ = await fixture.ask("POST", "/_bulk", "{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"message\":\"other\"}\n")
    #expect(fixture.sink.events.map { $0.text(.message) } == ["one", "two", "five", "five", "other"])
    for bad in ["", "\n", "x", "{}", "{\"index\":{}}", "{\"index\":{}}\n{}\n", "{\"drop\":{\"_index\":\"a\"}}\n{}\n"] {
      #expect(await fixture.ask("POST", "/_bulk", bad).status == 400, "\(bad)")
    }
    let nameless = await fixture.ask("POST", "/_bulk", "{\"index\":{\"_index\":\"a\"}}\n{}\n{\"index\":{}}\n{}\n")
    #expect(nameless.json["error"]?["reason"]?.string == "Validation Failed: 2: index is missing;")
  }

  @Test func documentsAreTaken() async {
    let fixture = IngestFixture()
    #expect(await fixture.ask("POST", "/logs/_doc", #"{"message":"m"}"#).status == 201)
    #expect(await fixture.ask("PUT", "/logs/_create/7", #"{"message":"n"}"#).status == 201)
    #expect(await fixture.ask("PUT", "/logs/_create/7", #"{"message":"n"}"#).status == 409)
    #expect(await fixture.ask("PUT", "/logs/_doc/7", "[1]").status == 400)
    #expect(fixture.sink.events.count == 2)
  }

  @Test(arguments: ["/_license", "/_xpack", "/_cluster/health", "/_nodes/http", "/_index_template/x", "/_ilm/policy/x"])
  func whatAgentsAskBeforeIsAnswered(_ path: String) async {
    let fixture = IngestFixture()
    let asked = await fixture.ask("GET", path)
    #expect(asked.status == 200 && asked.json.mapping != nil)
    #expect(await fixture.ask("PUT", path, "{}").json["acknowledged"]?.bool == true)
  }

  // MARK: Splunk

  @Test(arguments: [
    ("", 400, 5, nil), (" \n", 400, 5, nil), ("x", 400, 6, 0), (#"{"event":"a"}{"#, 400, 6, 1),
    (#"{"fields":{}}"#, 400, 12, 0),
    (#"{"event":"a"} {"event":""}"#, 400, 13, 1), (#"{"event":null}"#, 400, 12, 0), (#"{"event":"a"}"#, 200, 0, nil),
    (#"{"event":{"a":1},"time":1.5}{"event":"b"}"#, 200, 0, nil), (#"[{"event":"a"},{"event":"b"}]"#, 200, 0, nil),
  ]) func eventsAreChecked(_ body: String, _ status: Int, _ code: Int64, _ number: Int64?) async {
    let fixture = IngestFixture()
    let response = await fixture.ask("POST", "/services/collector/event", body)
    #expect(response.status == status && response.json["code"]?.int == code, "\(response.text)")
    #expect(response.json["invalid-event-number"]?.int == number)
    #expect(fixture.sink.events.isEmpty == (status != 200))
  }

  @Test func dockerLearnsThatSomebodyIsThere() async {
    let fixture = IngestFixture()
    #expect(await fixture.ask("OPTIONS", "/services/collector/event/1.0", authorization: "").status == 200)
    #expect(await fixture.ask("OPTIONS", "/services/collector/nothing", authorization: "").status == 401)
    // Whoever shows no token sends nothing of size.
    let head = RequestHead(
      method: "POST", path: "/services/collector/health", query: [], fields: [], peer: Peer(address: "203.0.113.5"))
    guard case .accept(let bytes, _) = fixture.service.verdict(head) else {
      Issue.record("the probe is refused")
      return
    }
    #expect(bytes <= 1 << 20)
    #expect(await fixture.ask("OPTIONS", "/ingest", authorization: "").status == 401)
  }

  /// A repetition is the same request: the same bytes are other events at another endpoint, and from another host.
  @Test func repetitionsAreOfOneEndpoint() async {
    let fixture = IngestFixture()
    let body = #"{"event":"a"}"#
    for (path, count) in [
      ("/services/collector?channel=c", 1), ("/services/collector/event?channel=c", 1),
      ("/services/collector/raw?channel=c", 2), ("/services/collector/raw/1.0?channel=c", 2),
      ("/services/collector/raw?channel=c&host=a", 3), ("/services/collector/raw?channel=c&host=b", 4),
      ("/services/collector/raw?channel=c&source=a", 5), ("/services/collector/raw?channel=d", 6),
      ("/services/collector?channel=c", 6),
    ] {
      _ = await fixture.ask("POST", path, body)
      #expect(fixture.sink.events.count == count, "\(path)")
    }
  }

  @Test func acknowledgementsAreToldOnce() async {
    let fixture = IngestFixture()
    let channel = [("X-Splunk-Request-Channel", "c1")]
    #expect(
      await fixture.ask("POST", "/services/collector", #"{"event":"a"}"#, fields: channel).json["ackId"]?.int == 0)
    #expect(await fixture.ask("POST", "/services/collector/raw?channel=c1&host=h", "b").json["ackId"]?.int == 1)
    #expect(fixture.sink.events.last?.text(.hostName) == "h")
    func asked() async -> String {
      await fixture.ask("POST", "/services/collector/ack?channel=c1", #"{"acks":[0,1,2]}"#).text
    }
    #expect(await asked() == #"{"acks":{"0":true,"1":true,"2":false}}"#)
    #expect(await asked() == #"{"acks":{"0":false,"1":false,"2":false}}"#)
    #expect(await fixture.ask("POST", "/services/collector/ack", #"{"acks":[0]}"#).json["code"]?.int == 10)
    #expect(
      await fixture.ask("GET", "/services/collector/health", [], authorization: "").text
        == #"{"text":"HEC is healthy","code":17}"#)
  }

  // MARK: OTLP

  @Test func bothFormsOfOTLPGiveTheSameEvents() async throws {
    let json = #"""
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
      "scopeLogs":[{"logRecords":[{"timeUnixNano":"1700000000000000000","severityNumber":13,"body":{"kvlistValue":{"values":
      [{"key":"a","value":{"intValue":"5"}}]}},"attributes":[{"key":"n","value":{"arrayValue":{"values":[{"boolValue":true}]}}}]}]}]}]}
      """#
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
    func pair(_ key: String, _ value: [UInt8]) -> [UInt8] { field(1, Array(key.utf8)) + field(2, value) }
    let time = withUnsafeBytes(of: UInt64(1_700_000_000_000_000_000).littleEndian) { Array($0) }
    let record =
      [0x09] + time + [0x10, 13] + field(5, field(6, field(1, pair("a", [0x18, 5]))))
      + field(6, pair("n", field(5, field(1, [0x10, 1]))))
    let protobuf = field(
      1, field(1, field(1, pair("service.name", field(1, Array("shop".utf8))))) + field(2, field(2, record)))
    let (a, b) = (try OTLPLogs.records(json: Array(json.utf8)), try OTLPLogs.records(protobuf: protobuf))
    #expect(a.count == 1 && a == b, "\(a) \(b)")
    let fixture = IngestFixture()
    #expect(await fixture.ask("POST", "/v1/logs", json, fields: [("Content-Type", "application/json")]).text == "{}")
    #expect(fixture.sink.events.first?.text(.serviceName) == "shop")
    #expect(await fixture.ask("POST", "/v1/logs", json, fields: [("Content-Type", "text/plain")]).status == 415)
    let bad = await fixture.ask("POST", "/v1/logs", [0x0A, 0xFF], fields: [("Content-Type", "application/x-protobuf")])
    #expect(bad.status == 400 && bad.body.starts(with: [0x08, 3, 0x12]))
  }

  @Test func lyingLengthsAreNoMessages() throws {
    // A length beyond the end, one of 64 bits, a number without an end, a group.
    for bytes: [UInt8] in [
      [0x0A, 5, 1], [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1], [UInt8](repeating: 0x80, count: 20), [0x0B],
      [0x00, 0x00],
    ] {
      #expect(throws: OTLPLogs.Malformed.self) { try OTLPLogs.records(protobuf: bytes) }
    }
    // Values in values, deeper than anybody means.
    var deep: [UInt8] = [0x10, 1]
    for _ in 0..<60 where deep.count < 120 { deep = [0x2A, UInt8(deep.count + 2), 0x0A, UInt8(deep.count)] + deep }
    var record: [UInt8] = [0x2A, UInt8(deep.count)] + deep
    for field in [UInt8(0x12), 0x12, 0x0A] where record.count < 126 { record = [field, UInt8(record.count)] + record }
    _ = try? OTLPLogs.records(protobuf: record)
  }

  // MARK: Anything

  static let seeds: [(String, String, [UInt8])] = [
    (
      "/_bulk", "application/x-ndjson",
      Array("{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"message\":\"m\"}\n".utf8)
    ),
    ("/services/collector", "application/json", Array(#"{"event":{"a":1},"time":1.5,"host":"h"}"#.utf8)),
    ("/audit", "application/json", Array(event.utf8)),
    (
      "/v1/logs", "application/json",
      Array(
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"m"}}]}]}]}"#.utf8)
    ),
    (
      "/v1/logs", "application/x-protobuf",
      [0x0A, 12, 0x12, 10, 0x12, 8, 0x10, 9, 0x2A, 4, 0x0A, 2, 0x68, 0x69]
    ),
  ]

  /// Whatever is sent is answered, with a status of the protocol.
  @Test(arguments: seeds.indices) func changedBytesAreAnswered(_ index: Int) async {
    let fixture = IngestFixture()
    let (path, type, seed) = Self.seeds[index]
    var mutation = Mutation(seed: UInt64(index) + 1)
    for _ in 0..<1_500 {
      let bytes = mutation.mutated(seed)
      let response = await fixture.ask("POST", path, bytes, fields: [("Content-Type", type)])
      #expect([200, 400].contains(response.status), "\(response.status) \(bytes)")
    }
  }
}
