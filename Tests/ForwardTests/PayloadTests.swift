import Bytes
import Detect
import Events
import Findings
import Forward
import TestKit
import Testing
import Transport

/// What each kind of receiver is sent.
@Suite struct PayloadTests {
  /// An exec and what followed, with a name that no receiver must take for markup.
  static let found: (alerts: [Alert], incidents: [Incident]) = {
    var detector = Detector(RuleSet(BuiltInRules.sources))
    let name = "ann <!channel> & \\u0022co\\u0022"
    let event = """
      {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"5f1f7a3e-0000-4000-8000-000000000001",\
      "stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods/web-1/exec","verb":"get",\
      "user":{"username":"\(name)"},"sourceIPs":["192.0.2.7"],"objectRef":{"resource":"pods","subresource":"exec",\
      "namespace":"shop","name":"web-1"},"responseStatus":{"code":101},\
      "requestReceivedTimestamp":"2026-03-02T08:00:00.250Z","stageTimestamp":"2026-03-02T08:00:00.250Z"}
      """
    detector.detect(EventDecoder.decode(Array(event.utf8)), source: "audit.log")
    detector.finish()
    return (detector.alerts, detector.incidents)
  }()

  static func destination(_ kind: Destination.Kind, _ url: String = "https://receiver.example.org/") throws
    -> Destination
  {
    Destination(name: "test", kind: kind, url: try #require(HTTPURL(url)))
  }

  static func payloads(_ kind: Destination.Kind, _ change: (inout Destination) -> Void = { _ in }) throws -> [Payload] {
    var destination = try destination(kind)
    change(&destination)
    return Payload.payloads(Notice.wanted(found.alerts, found.incidents, by: destination), to: destination)
  }

  @Test func splunkTakesOneObjectAfterTheOther() throws {
    let payload = try #require(try Self.payloads(.splunk) { $0.index = "security" }.first)
    #expect(payload.path == "/services/collector/event")
    // Concatenated objects, with the members of a recorded client of Splunk: event, fields, host, source, time.
    let text = String(decoding: payload.body, as: UTF8.self)
    let documents = text.replacing("}{\"time\"", with: "}\n{\"time\"").split(separator: "\n")
    #expect(documents.count == Self.found.alerts.count + 1)
    for document in documents {
      let node = try JSONReader.read(Array(document.utf8))
      #expect(node["time"]?.text == "1772438400.250")
      #expect(node["index"]?.text == "security")
      #expect(node["host"]?.text == "bartizan" && node["source"]?.text == "bartizan")
      #expect(node["fields"]?["id"]?.text == node["event"]?["id"]?.text)
    }
    let last = try JSONReader.read(Array(try #require(documents.last).utf8))
    #expect(last["sourcetype"]?.text == "bartizan:incident")
  }

  @Test func elasticsearchTakesPairsOfLines() throws {
    let payload = try #require(try Self.payloads(.elasticsearch).first)
    #expect(payload.path == "/_bulk" && payload.contentType == "application/x-ndjson")
    #expect(payload.body.last == 0x0A)
    let lines = payload.body.split(separator: 0x0A).map { Array($0) }
    #expect(lines.count == 2 * payload.ids.count)
    for (number, id) in payload.ids.enumerated() {
      let action = try JSONReader.read(lines[2 * number])
      let isAlert = action["create"] != nil
      #expect((action["create"] ?? action["index"])?["_id"]?.text == id)
      #expect(
        (action["create"] ?? action["index"])?["_index"]?.text == (isAlert ? "bartizan-alerts" : "bartizan-incidents"))
      #expect(try JSONReader.read(lines[2 * number + 1])["@timestamp"]?.text == "2026-03-02T08:00:00.25Z")
    }
  }

  @Test func alertmanagerTakesLabelsThatAreNotEmpty() throws {
    let payload = try #require(try Self.payloads(.alertmanager) { $0.content = [.alerts, .incidents] }.first)
    #expect(payload.path == "/api/v2/alerts")
    let alerts = try #require(try JSONReader.read(payload.body).array)
    #expect(alerts.count == payload.ids.count)
    for alert in alerts {
      let labels = try #require(alert["labels"]?.mapping)
      #expect(labels.entries.allSatisfy { !($0.value.text ?? "").isEmpty })
      #expect(labels.entries.contains { $0.key == "alertname" })
      #expect(alert["startsAt"]?.text == "2026-03-02T08:00:00.25Z" && alert["endsAt"] == nil)
    }
    // By default incidents alone.
    #expect(try JSONReader.read(try #require(try Self.payloads(.alertmanager).first).body).array?.count == 1)
  }

  @Test func slackTakesNoMarkupOfOthers() throws {
    let payload = try #require(try Self.payloads(.slack).first)
    let text = try #require(try JSONReader.read(payload.body)["text"]?.text)
    #expect(text.contains("ann &lt;!channel&gt; &amp; \"co\""))
    #expect(!text.contains("<!channel>"))
  }

  @Test func sumoLogicTakesLines() throws {
    let payload = try #require(try Self.payloads(.sumoLogic) { $0.source = "prod/k8s\r\nX-Evil: 1" }.first)
    #expect(payload.path == nil)
    #expect(payload.body.split(separator: 0x0A).count == payload.ids.count)
    #expect(payload.headers.contains { $0.name == "X-Sumo-Category" && $0.value == "prod/k8sX-Evil: 1" })
  }

  @Test func whatIsLessSevereIsLeftOut() throws {
    #expect(try Self.payloads(.webhook) { $0.least = .critical }.isEmpty)
    #expect(try Self.payloads(.webhook) { $0.content = [.incidents] }.first?.ids.count == 1)
  }

  // MARK: Answers

  @Test(arguments: [
    (Destination.Kind.splunk, 200, "{\"text\":\"Success\",\"code\":0}", Answer.taken(known: 0)),
    (.splunk, 200, "{\"text\":\"Success\",\"code\":0,\"ackId\":7}", .acknowledging(7)),
    (.splunk, 403, "{\"text\":\"Invalid token\",\"code\":4}", .refused("status 403: Invalid token")),
    (.splunk, 503, "{\"text\":\"Server is busy\",\"code\":9}", .busy("status 503: Server is busy")),
    (
      .splunk, 200, "<html>please log in</html>", .refused("the answer is none of Splunk's: <html>please log in</html>")
    ),
    (.elasticsearch, 200, "{}", .refused("the answer is none of Elasticsearch's: {}")),
    (
      .elasticsearch, 200,
      "{\"errors\":true,\"items\":[{\"create\":{\"_id\":\"a\",\"status\":409}},{\"index\":{\"_id\":\"b\",\"status\":200}}]}",
      .taken(known: 1)
    ),
    (
      .elasticsearch, 200,
      "{\"errors\":true,\"items\":[{\"create\":{\"status\":429}},{\"index\":{\"status\":400,\"error\":{\"reason\":\"no\\nfield\"}}}]}",
      .partly(busy: ["a"], refused: ["b"], why: "status 400: no field")
    ),
    (.webhook, 204, "", .taken(known: 0)), (.slack, 404, "no_team", .refused("status 404: no_team")),
    (.alertmanager, 400, "\"bad\"", .unfit("status 400: bad")), (.sumoLogic, 429, "", .busy("status 429")),
    (.webhook, 302, "", .refused("status 302")),
  ])
  func answersAreUnderstood(_ kind: Destination.Kind, _ status: Int, _ body: String, _ wanted: Answer) {
    #expect(Answer(kind, status: status, body: Array(body.utf8), ids: ["a", "b"]) == wanted)
  }
}
