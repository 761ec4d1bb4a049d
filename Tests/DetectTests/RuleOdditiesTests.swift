import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// Rules that are not what their authors meant are told, each with its place.
@Suite struct RuleOdditiesTests {
  static func set(_ text: String) -> RuleSet {
    RuleSet([RuleSet.Source(path: "r.yml", bytes: Array(text.utf8))])
  }

  static let base = """
    title: b
    id: b
    name: b
    logsource:
      product: kubernetes
      service: audit
    detection:
      s:
        verb: get
      condition: s
    ---

    """

  static func correlation(_ body: String) -> String {
    base + "title: c\nid: c\ncorrelation:\n" + body.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
  }

  @Test(arguments: [
    ("type: event_count\nrules: [b]\ngroupby: [user.username]\ntimespan: 5m\ncondition: {gte: 2}", 17),
    ("type: event_count\nrules: [b]\ngroup-by: []\ntimespan: 5m\ncondition: {gte: 2}", 17),
    ("type: event_count\nrules: []\ntimespan: 5m\ncondition: {gte: 2}", 16),
    ("type: event_count\nrules: [b, null]\ntimespan: 5m\ncondition: {gte: 2}", 16),
    ("type: event_count\nrules: ''\ntimespan: 5m\ncondition: {gte: 2}", 16),
    ("type: temporal\nrules: [b]\ntimespan: 5m\ncondition: 1 of web_*", 18),
    ("type: event_count\nrules: [b]\ntimespan: 5m\ntimespan: 6m\ncondition: {gte: 2}", 18),
  ])
  func refused(_ body: String, _ line: Int) {
    let set = Self.set(Self.correlation(body))
    #expect(set.correlations.isEmpty)
    #expect(set.errors.map(\.location) == [Location(file: "r.yml", line: line)], "\(set.errors.map(\.text))")
  }

  @Test(arguments: ["s:\n    verb: get\n    verb: list", "s:", "s: ''", "s: {}", "s: []", "s:\n    - {}"])
  func detectionsThatSayNothing(_ selection: String) {
    let set = Self.set("title: t\nid: t\nlogsource: {product: test}\ndetection:\n  \(selection)\n  condition: s\n")
    #expect(set.rules.isEmpty && set.errors.count == 1, "\(set.errors.map(\.text))")
  }

  @Test func told() {
    let set = Self.set(
      """
      title: t
      id: t
      levle: high
      logsource:
        produkt: kubernetes
        product: kubernets
        service: audti
        category: aplication
      detection:
        s:
          verb: get
        condition: s
      """)
    #expect(set.errors.isEmpty && set.rules.count == 1)
    #expect(
      set.warnings.map { "\($0.location.line) \($0.message)" } == [
        "1 no event is of category `aplication`; is `application` meant?",
        "1 no event is of product `kubernets`; is `kubernetes` meant?",
        "1 no event is of service `audti`; is `audit` meant?",
        "3 nothing reads `levle`; is `level` meant?",
        "5 nothing reads `produkt`; is `product` meant?",
      ])
  }

  @Test func fields() {
    let text = """
      title: t
      id: t
      logsource: {product: kubernetes, service: audit}
      detection:
        s:
          verb: get
          objectRef.ressource: secrets
          requestObject.anything.at.all: x
          user.name: kim
        condition: s
      ---
      title: u
      id: u
      logsource: {product: linux}
      detection:
        s:
          source.ipp: x
          anything: y
        condition: s
      ---
      title: c
      correlation: {type: event_count, rules: [t], group-by: [user.usernam], timespan: 5m, condition: {gte: 2}}
      """
    let set = Self.set(text)
    #expect(set.errors.isEmpty)
    #expect(
      set.warnings.map { "\($0.location.line) \($0.message)" } == [
        "7 no event of this log source has a field `objectRef.ressource`; is `objectRef.resource` meant?",
        "17 no event of this log source has a field `source.ipp`; is `source.ip` meant?",
        "21 no event of this log source has a field `user.usernam`; is `user.username` meant?",
      ])
  }

  @Test func ownRulesAreNotOdd() {
    #expect(RuleFilesTests.set.warnings.isEmpty, "\(RuleFilesTests.set.warnings.map(\.text))")
  }

  // MARK: Detection

  static func alerts(_ lines: [String], options: DecodeOptions = DecodeOptions()) -> [Alert] {
    var detector = Detector(RuleFilesTests.set)
    let text = lines.joined(separator: "\n") + "\n"
    detector.detect(EventDecoder.decode(Array(text.utf8), options: options), source: "t")
    detector.finish()
    return detector.alerts
  }

  static func rejected(_ second: Int, _ address: String) -> String {
    IncidentTests.event(second, "", address, code: 401).replacing(#""username":"","groups":[],"extra":{}"#, with: "")
  }

  /// Whoever has one address of IPv6 has 2⁶⁴ of them.
  @Test func addressesOfOneNetwork() {
    let many = (0..<9).map { Self.rejected($0, "2001:db8:1:2:\($0)::1") }
    let alert = Self.alerts(many).first { $0.rule.id == "kubernetes-rejected-credentials" }
    #expect(alert?.eventCount == 9)
    let apart = (0..<9).map { Self.rejected($0, "2001:db8:1:\($0)::1") }
    #expect(!Self.alerts(apart).contains { $0.rule.id == "kubernetes-rejected-credentials" })
    let mapped = (0..<3).map { Self.rejected($0, $0 == 1 ? "192.0.2.7" : "::ffff:192.0.2.7") }
    #expect(Self.alerts(mapped).contains { $0.rule.id == "kubernetes-rejected-credentials" })
  }

  @Test func whatWasWrittenOnceForSeveral() {
    let line = "Mar  2 10:00:05 box sshd[7]: Failed password for root from 192.0.2.9 port 22 ssh2"
    let repeated =
      "Mar  2 10:00:06 box sshd[7]: message repeated 19 times: [ Failed password for root from 192.0.2.9 port 22 ssh2]"
    var options = DecodeOptions()
    options.reckonedFrom = Timestamp("2026-03-02T12:00:00Z")
    #expect(Self.alerts([line], options: options).isEmpty)
    let alerts = Self.alerts([line, repeated], options: options)
    #expect(alerts.contains { $0.rule.id == "sshd-brute-force" && $0.eventCount == 20 })
  }

  /// An event without a time is of when it came, and never of 1970.
  @Test func eventsWithoutATime() {
    let timeless = Self.rejected(1, "192.0.2.9").replacing(
      #""requestReceivedTimestamp":"2026-03-02T08:00:01Z","stageTimestamp":"2026-03-02T08:00:01Z","#, with: "")
    #expect(!timeless.contains("Timestamp"))
    var options = DecodeOptions()
    options.reckonedFrom = Timestamp("2026-03-02T12:00:00Z")
    let alerts = Self.alerts(
      (0..<3).map { timeless.replacing("5f1f7a3e", with: "5f1f7a3\($0)") }, options: options)
    #expect(alerts.first?.start == options.reckonedFrom)
  }

  /// A sequence has happened once its last event has.
  @Test func whenSomebodyGotIn() {
    var events = (0..<10).map { Self.rejected($0, "192.0.2.9") }
    events.append(IncidentTests.event(120, "kim", "192.0.2.9", resource: "secrets"))
    let alert = Self.alerts(events).first { $0.rule.id == "kubernetes-login-after-spraying" }
    #expect(alert?.completed == Timestamp("2026-03-02T08:02:00Z"))
    let stored = alert.flatMap { Alert(stored: $0.stored) }
    #expect(stored?.completed == alert?.completed)
    var detector = Detector(RuleFilesTests.set)
    detector.detect(EventDecoder.decode(Array(events.joined(separator: "\n").utf8)), source: "t")
    detector.finish()
    let lines = detector.incidents.map(\.story).joined(separator: "\n").split(separator: "\n")
    let line = lines.first { $0.contains("got in") }
    #expect(line?.hasPrefix("08:02:00") == true, "\(line ?? "")")
  }

  /// Messages hide what the events themselves hide.
  @Test func secretsInMessages() {
    let rule = """
      title: t
      id: t
      message: "ran %process.command_line% by %requestURI%"
      logsource: {product: kubernetes, service: audit}
      detection:
        s:
          objectRef.subresource: exec
        condition: s
      """
    var detector = Detector(Self.set(rule))
    let event = IncidentTests.exec(1, "kim", "192.0.2.9").replacing(
      "/api/v1/pods/1", with: "/api/v1/namespaces/shop/pods/web-1/exec?command=mysql&command=-phunter2&command=x")
    detector.detect(EventDecoder.decode(Array(event.utf8)), source: "t")
    #expect(
      detector.alerts.map(\.message) == [
        "ran mysql -p******** x by /api/v1/namespaces/shop/pods/web-1/exec?command=mysql&command=-p********&command=x"
      ])
  }
}
