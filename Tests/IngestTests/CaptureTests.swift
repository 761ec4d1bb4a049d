import Bytes
import Events
import Server
import TestKit
import Testing

@testable import Ingest

/// Bytes that real clients sent are taken, and what they say is found in the events.
@Suite struct CaptureTests {
  struct Capture: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int
    /// Messages of the events, in order.
    let messages: [String]
    var testDescription: String { name }
  }

  static let captures = [
    Capture(name: "es-opensearch-01", status: 200, messages: []),
    Capture(name: "es-opensearch-02", status: 200, messages: ["hello"]),
    Capture(name: "es-py-01", status: 200, messages: []),
    Capture(name: "es-py-02", status: 200, messages: ["hello", "second"]),
    Capture(
      name: "es-rsyslog-01", status: 200,
      messages: ["Failed password for invalid user admin from 203.0.113.9 port 40022 ssh2"]),
    Capture(name: "es-rsyslog-02", status: 200, messages: ["Accepted publickey for deploy from 10.0.0.4 port 50000 ssh2"]),
    Capture(name: "otlp-01", status: 200, messages: ["authentication failure for bob"]),
    Capture(name: "otlp-02", status: 200, messages: ["authentication failure for bob"]),
    Capture(name: "splunk-01", status: 200, messages: ["login failed"]),
    Capture(name: "splunk-02", status: 200, messages: ["plain"]),
  ]

  @Test(.enabled(if: SharedData.isPresent), arguments: captures) func realClientsAreUnderstood(_ capture: Capture) async throws {
    let fixture = IngestFixture()
    let folder = "siem/captures/" + capture.name
    let head = String(decoding: try SharedData.bytes(folder + ".head"), as: UTF8.self)
    let lines = head.split(whereSeparator: \.isNewline).map(String.init)
    let words = lines[0].split(separator: " ").map(String.init)
    var fields: [(name: String, value: String)] = []
    for line in lines.dropFirst() {
      let sides = line.split(separator: ":", maxSplits: 1).map(String.init)
      if sides.count == 2, sides[0] != "Authorization" { fields.append((sides[0], String(sides[1].drop { $0 == " " }))) }
    }
    var body = (try? SharedData.bytes(folder + ".body")) ?? []
    // As the listener hands it on.
    if Gzip.isGzip(body) { body = try Gzip.decompress(body) }
    let response = await fixture.ask(words[0], words[1], body, fields: fields)
    #expect(response.status == capture.status, "\(response.text)")
    #expect(fixture.sink.events.map { $0.text(.message) ?? "" } == capture.messages)
    if capture.name.hasPrefix("es-") {
      #expect(response.field("X-Elastic-Product") == "Elasticsearch")
      #expect(response.json["errors"]?.bool != true)
    }
    if capture.name.hasPrefix("es-py") {
      #expect(response.field("Content-Type") == "application/vnd.elasticsearch+json;compatible-with=9")
    }
    if capture.name.hasPrefix("otlp") {
      let event = try #require(fixture.sink.events.first)
      #expect(event.text(.kubernetesPodName) == "shop-1" && event.text(.orchestratorNamespace) == "prod")
      #expect(event.text(.sourceIp) == "203.0.113.7" && event.text(.logLevel) == "warning")
    }
  }
}
