import Bytes
import Detect
import Findings
import Forward
import TestKit
import Testing
import Transport

/// What the receivers that came later are sent: Teams, PagerDuty, syslog, Fluent Forward, OpenTelemetry, and events for all that
/// take them.
@Suite struct ReceiverTests {
  static func json(_ kind: Destination.Kind, _ change: (inout Destination) -> Void = { _ in }) throws -> DocumentNode {
    try JSONReader.read(try #require(try PayloadTests.payloads(kind, change).first).body)
  }

  @Test func teamsTakesACard() throws {
    let card = try Self.json(.teams)["attachments"]?.array?.first
    #expect(card?["contentType"]?.text == "application/vnd.microsoft.card.adaptive")
    let texts = card?["content"]?["body"]?.array?.compactMap { $0["text"]?.text } ?? []
    #expect(texts.first?.hasPrefix("MEDIUM: ") == true)
    #expect(texts.contains { $0.contains("T1609") })
    // What a log says is no Markdown.
    #expect(!texts.contains { $0.contains("[") && !$0.contains("\\[") })
  }

  @Test func pagerDutyKnowsAnIncidentAgain() throws {
    let incident = try #require(PayloadTests.found.incidents.first)
    let event = try Self.json(.pagerDuty) {
      $0.secret = Destination.Secret("key")
      $0.content = [.incidents]
    }
    #expect(event["routing_key"]?.text == "key" && event["event_action"]?.text == "trigger")
    #expect(event["dedup_key"]?.text == incident.id)
    #expect(event["payload"]?["severity"]?.text == "warning" && event["payload"]?["source"]?.text == "bartizan")
    #expect(event["payload"]?["custom_details"]?["id"]?.text == incident.id)
    var destination = try PayloadTests.destination(.pagerDuty)
    destination.secret = Destination.Secret("key")
    let closed = Payload.payloads([.incident(incident, isClosed: true)], to: destination)
    #expect(try JSONReader.read(try #require(closed.first).body)["event_action"]?.text == "resolve")
  }

  /// Messages of a body, by the lengths before them.
  static func frames(_ body: [UInt8]) throws -> [String] {
    var frames: [String] = []
    var rest = body[...]
    while let space = rest.firstIndex(of: 0x20) {
      let length = try #require(Int(String(decoding: rest[..<space], as: UTF8.self)))
      frames.append(String(decoding: rest[(space + 1)...].prefix(length), as: UTF8.self))
      rest = rest[(space + 1)...].dropFirst(length)
    }
    #expect(rest.isEmpty)
    return frames
  }

  static func stream(_ kind: Destination.Kind, _ url: String) throws -> Destination {
    Destination(name: "test", kind: kind, url: try #require(HTTPURL(anyScheme: url)))
  }

  static func notices(_ destination: Destination) -> [Notice] {
    Notice.wanted(PayloadTests.found.alerts, PayloadTests.found.incidents, by: destination)
  }

  @Test func syslogIsCountedAndHasOneLineEach() throws {
    let destination = try Self.stream(.syslog, "tls://siem.example.org")
    let payload = try #require(Payload.payloads(Self.notices(destination), to: destination).first)
    let frames = try Self.frames(payload.body)
    #expect(frames.count == payload.ids.count)
    for (frame, id) in zip(frames, payload.ids) {
      // RFC 5424: priority and version, time, host, program, process, message id, data.
      #expect(frame.hasPrefix("<10") && frame.contains(">1 2026-03-02T08:00:00.25Z bartizan bartizan - "))
      #expect(frame.contains("[bartizan@32473 id=\"\(id)\" severity="))
      let json = try #require(frame.firstRange(of: "] {")).lowerBound
      #expect(try JSONReader.read(Array(frame[json...].dropFirst(2).utf8))["id"]?.text == id)
    }
  }

  @Test func commonEventFormatEscapesWhatOthersSay() throws {
    var destination = try Self.stream(.syslog, "tls://siem.example.org")
    destination.syslogFormat = .cef
    let payload = try #require(Payload.payloads(Self.notices(destination), to: destination).first)
    let frame = try #require(try Self.frames(payload.body).first { $0.contains("|kubernetes-exec|") })
    #expect(frame.contains(" CEF:0|Bartizan|Bartizan|1|kubernetes-exec|") && frame.contains("|5|externalId="))
    #expect(frame.contains("src=192.0.2.7") && frame.contains("cs1=T1609"))
    #expect(!frame.contains("\n"))
  }

  @Test func openTelemetryTakesRecords() throws {
    let logs = try Self.json(.otlp)["resourceLogs"]?.array?.first
    #expect(logs?["resource"]?["attributes"]?.array?.first?["value"]?["stringValue"]?.text == "bartizan")
    let records = logs?["scopeLogs"]?.array?.first?["logRecords"]?.array ?? []
    #expect(records.count == PayloadTests.found.alerts.count + PayloadTests.found.incidents.count)
    let record = try #require(records.first { $0["severityText"]?.text == "WARN" })
    #expect(record["timeUnixNano"]?.string == "1772438400250000000" && record["severityNumber"]?.int == 13)
    let body = record["body"]?["kvlistValue"]?["values"]?.array ?? []
    #expect(body.first?["key"]?.text == "kind")
    // Numbers of 64 bits are texts.
    #expect(body.first { $0["key"]?.text == "eventCount" }?["value"]?["intValue"]?.string == "1")
  }

  @Test func fluentForwardIsOneMessageAKind() throws {
    let destination = try Self.stream(.fluentForward, "tls://fluentd.example.org")
    let payloads = Payload.payloads(Self.notices(destination), to: destination)
    #expect(payloads.count == 2 && payloads.allSatisfy { !$0.chunk.isEmpty })
    var reader = MessagePackReader(payloads[0].body, 0..<payloads[0].body.count)
    #expect(try reader.next() == .array(3))
    #expect(String(decoding: payloads[0].body[try reader.text()], as: UTF8.self) == "bartizan.alert")
    #expect(try reader.next() == .array(payloads[0].ids.count))
    // The same notices are the same chunk, so that a repetition is known.
    #expect(Payload.payloads(Self.notices(destination), to: destination).map(\.chunk) == payloads.map(\.chunk))
  }

  static let event = ForwardedEvent(
    id: "e1", time: Timestamp(nanoseconds: 1_772_438_400_000_000_000), dataset: "kubernetes.audit",
    json: Array("{\"@timestamp\":\"2026-03-02T08:00:00Z\",\"event.original\":\"{}\"}".utf8))

  @Test(arguments: [
    Destination.Kind.splunk, .elasticsearch, .sumoLogic, .webhook, .syslog, .fluentForward, .otlp,
  ])
  func eventsAreSentAsTheyAre(_ kind: Destination.Kind) throws {
    let url = kind.schemes.isEmpty ? "https://receiver.example.org/" : "tls://receiver.example.org"
    let destination = try Self.stream(kind, url)
    #expect(destination.takesEvents)
    let payload = try #require(Payload.payloads([.event(Self.event)], to: destination).first)
    let text = String(decoding: payload.body, as: UTF8.self)
    #expect(payload.ids == ["e1"] && text.contains("event.original"))
    if kind == .elasticsearch {
      #expect(text.hasPrefix("{\"create\":{\"_index\":\"bartizan-events\",\"_id\":\"e1\"}}\n{\"@timestamp\""))
    }
  }

  @Test(arguments: [
    (
      Destination.Kind.pagerDuty, 202, "{\"status\":\"success\",\"message\":\"Event processed\"}",
      Answer.taken(known: 0)
    ),
    (.pagerDuty, 400, "{\"status\":\"invalid event\",\"message\":\"no\"}", .unfit("status 400: no")),
    (.pagerDuty, 429, "", .busy("status 429")),
    (.pagerDuty, 200, "<html>", .refused("the answer is none of PagerDuty's: <html>")),
    (.teams, 202, "", .taken(known: 0)), (.teams, 200, "1", .taken(known: 0)),
    (
      .teams, 200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
      .busy("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429")
    ),
    (.teams, 200, "<html>", .refused("the answer is none of Teams': <html>")),
    (.otlp, 200, "{}", .taken(known: 0)), (.otlp, 200, "{\"partialSuccess\":{}}", .taken(known: 0)),
    (
      .otlp, 200, "{\"partialSuccess\":{\"rejectedLogRecords\":\"1\",\"errorMessage\":\"old\"}}",
      .refused("1 of 2 rejected: old")
    ),
    (.otlp, 503, "", .busy("status 503")), (.otlp, 200, "", .refused("the answer is none of OpenTelemetry's")),
  ])
  func answersAreUnderstood(_ kind: Destination.Kind, _ status: Int, _ body: String, _ wanted: Answer) {
    #expect(Answer(kind, status: status, body: Array(body.utf8), ids: ["a", "b"]) == wanted)
  }
}
