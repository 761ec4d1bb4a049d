import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// In which order events come, and whether twice, changes nothing in what is found.
@Suite struct EventOrderTests {
  /// A few people and pods at what rules look for, over three hours.
  static func events(_ random: inout SeededRandom, _ count: Int) -> [String] {
    var second = 0
    return (0..<count).map { _ in
      second += random.below(90)
      let user = random.pick(["ann", "bob", "system:serviceaccount:shop:robot"])
      let address = random.pick(["192.0.2.7", "192.0.2.8", "203.0.113.9"])
      switch random.below(4) {
      case 0: return IncidentTests.exec(second, user, address, pod: random.pick(["web-1", "web-2"]))
      case 1:
        return IncidentTests.event(
          second, user, address, verb: random.pick(["get", "list"]), resource: "secrets",
          namespace: random.pick(["shop", "data", "ops", "kube-system"]), name: random.pick(["a", "b"]))
      case 2: return IncidentTests.event(second, "", address, resource: "secrets", code: 401)
      default: return IncidentTests.event(second, user, address, verb: "delete", resource: "namespaces", namespace: "n")
      }
    }
  }

  static func found(_ events: [String]) -> [String] {
    var detector = Detector(RuleFilesTests.set)
    detector.detect(EventDecoder.decode(Array(events.joined(separator: "\n").utf8)), source: "audit")
    detector.finish()
    let alerts = detector.alerts.map { alert in
      "\(alert.id) \(alert.rule.id) \(alert.severity) \(alert.start.text) \(alert.end.text) \(alert.eventCount) "
        + "\(alert.message) \(alert.events.map(\.id))"
    }
    return alerts + detector.incidents.map { "\($0.id) \($0.severity) \($0.title)\n\($0.story)\n\($0.alerts)" }
  }

  @Test func orderAndRepetitionChangeNothing() {
    var random = SeededRandom(seed: 16)
    for round in 0..<3 {
      let events = Self.events(&random, 120)
      let plain = Self.found(events)
      #expect(plain.count > 20)
      var mixed = events + events.enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
      mixed.shuffle(using: &random)
      let other = Self.found(mixed)
      #expect(other == plain, "round \(round)")
    }
  }
}
