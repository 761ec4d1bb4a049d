import Bytes
import Findings
import Forward
import Testing
import Transport

/// Files of destinations.
@Suite struct DestinationFileTests {
  static func read(_ text: String) throws(BartizanError) -> [Destination] {
    try DestinationFile.read(
      Array(text.utf8), path: "f.yaml",
      file: { (path) throws(BartizanError) -> [UInt8] in
        guard path == "token" else { throw BartizanError(.input, "\(path): no such file") }
        return Array("sesame\n".utf8)
      }, variable: { $0 == "HOOK" ? "https://hooks.example.org/services/T0/B0/secret" : nil })
  }

  @Test func readsAll() throws {
    let all = try Self.read(
      """
      destinations:
        - {type: splunk-hec, url: "https://splunk.example.org:8088", tokenFile: token, index: security, acknowledge: true}
        - {type: elasticsearch, url: "https://es.example.org:9200", username: writer, passwordFile: token}
        - {type: slack, urlVariable: HOOK, minimumSeverity: high}
        - {type: webhook, name: own, url: "https://own.example.org/in", signingKeyFile: token, send: alerts}
        - {type: syslog, url: "tls://siem.example.org", format: cef, certificateFile: token, keyFile: token}
        - {type: fluent-forward, url: "tcp://127.0.0.1:24224", allowPlain: true, sharedKeyFile: token, tag: siem}
        - {type: pagerduty, tokenFile: token}
        - {type: otlp, url: "https://otel.example.org", tokenFile: token, tokenHeader: api-key, send: [alerts, events],
           events: "event.dataset: kubernetes.audit"}
      """)
    #expect(
      all.map(\.name) == [
        "splunk-hec-1", "elasticsearch-2", "slack-3", "own", "syslog-5", "fluent-forward-6", "pagerduty-7", "otlp-8",
      ])
    #expect(all[4].syslogFormat == .cef && all[4].certificate != nil && all[5].tag == "siem")
    #expect(all[6].url.host == "events.pagerduty.com" && all[6].content == [.incidents])
    #expect(all[7].content == [.alerts, .events] && all[7].question == "event.dataset: kubernetes.audit")
    #expect(all[0].waitsForAcknowledgement && all[0].secret?.text == "sesame" && all[0].index == "security")
    #expect(all[2].least == .high && all[2].content == [.incidents])
    #expect(all[3].content == [.alerts])
    // What is secret shows nowhere.
    #expect(!"\(all)".contains("sesame") && !all[2].shown.contains("secret"))
  }

  @Test(arguments: [
    ("destinations: []", "`destinations` is missing"), ("x: 1", "`destinations` is missing"),
    ("destinations: [{type: carrier-pigeon, url: 'https://a'}]", "`type` is missing or none of"),
    ("destinations: [{type: webhook}]", "`url`, `urlFile` or `urlVariable` is missing"),
    ("destinations: [{type: webhook, url: 'ftp://a'}]", "no http or https URL"),
    ("destinations: [{type: webhook, url: 'https://u:p@a'}]", "holds a login"),
    ("destinations: [{type: webhook, url: 'https://a', token: x}]", "`token` is a secret"),
    ("destinations: [{type: webhook, url: 'https://a', tokne: x}]", "there is no `tokne`"),
    ("destinations: [{type: splunk-hec, url: 'https://a'}]", "needs `tokenFile`"),
    ("destinations: [{type: webhook, url: 'https://a', tokenFile: other}]", "other: no such file"),
    ("destinations: [{type: webhook, url: 'https://a', tokenVariable: NONE}]", "NONE"),
    ("destinations: [{type: elasticsearch, url: 'https://a', index: 'A/b'}]", "allows no such name"),
    ("destinations: [{type: elasticsearch, url: 'https://a', username: u}]", "go together"),
    ("destinations: [{type: webhook, url: 'https://a', send: rumours}]", "`send` is"),
    ("destinations: [{type: webhook, name: a, url: 'https://a'}, {type: slack, name: a, url: 'https://b'}]", "two"),
    ("destinations: [{type: syslog, url: 'https://a'}]", "none like tls://"),
    ("destinations: [{type: syslog, url: 'tcp://a'}]", "everybody on the way can read along"),
    ("destinations: [{type: syslog, url: 'tls://a', send: events, format: cef}]", "takes no events"),
    ("destinations: [{type: slack, url: 'https://a', send: events}]", "takes no events"),
    ("destinations: [{type: webhook, url: 'https://a', events: 'a: b'}]", "`send` does not name them"),
    ("destinations: [{type: pagerduty}]", "pagerduty needs"),
    ("destinations: [{type: webhook, url: 'tls://a'}]", "no http"),
    ("destinations: [{type: fluent-forward, url: 'tls://a', username: u, passwordFile: token}]", "only after the key"),
    ("destinations: [{type: webhook, url: 'https://a', certificateFile: token}]", "go together"),
    ("destinations: [1]", "is a map"), ("destinations: [", "f.yaml:"),
  ])
  func faultsAreSaid(_ text: String, _ words: String) {
    #expect(throws: BartizanError.self) { try Self.read(text) }
    do throws(BartizanError) { _ = try Self.read(text) } catch {
      #expect(error.message.contains(words), "\(error.message)")
    }
  }
}
