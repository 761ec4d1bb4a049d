import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// Detection that follows a river of events finds what detection over a file finds.
@Suite struct FollowingTests {
  static let events: [Event] = {
    let bytes = (try? FileReaderForTests.bytes("Tests/BartizanCLITests/Fixtures/detection/audit.jsonl")) ?? []
    return Array(EventDecoder.decode(bytes).events)
  }()

  private static let rules = RuleSet(BuiltInRules.sources)
  private static let lateness: Int64 = 45_000_000_000

  /// All alerts as they stand after the last change of each.
  private static func follow(_ events: [Event], stopAfter: Int? = nil) -> (alerts: [String: Alert], changes: Int) {
    var detector = Detector(rules, lateness: lateness)
    var alerts: [String: Alert] = [:]
    var changes = 0
    func take() {
      for change in detector.takeChanges() {
        changes += 1
        for id in change.absorbed { alerts[id] = nil }
        alerts[change.alert.id] = change.alert
      }
    }
    for (number, event) in events.enumerated() {
      detector.detect(event, at: number + 1, of: "store")
      detector.follow(now: event.time?.nanoseconds ?? 0, isIdle: false)
      take()
    }
    // A day on which nothing comes.
    detector.follow(now: (events.compactMap(\.time?.nanoseconds).max() ?? 0) + 86_400_000_000_000, isIdle: true)
    take()
    return (alerts, changes)
  }

  private static func whole() -> Detector {
    var detector = Detector(rules)
    for (number, event) in events.enumerated() { detector.detect(event, at: number + 1, of: "store") }
    detector.finish()
    return detector
  }

  @Test func followingFindsWhatAFileShows() {
    #expect(Self.events.count > 20)
    let whole = Self.whole()
    let followed = Self.follow(Self.events)
    #expect(followed.alerts.keys.sorted() == whole.alerts.map(\.id).sorted())
    for alert in whole.alerts {
      #expect(followed.alerts[alert.id]?.stored == alert.stored, "\(alert.rule.id)")
    }
    #expect(
      Incidents.join(Array(followed.alerts.values)).map(\.story) == Incidents.join(whole.alerts).map(\.story))
  }

  /// What is kept of an alert is all of it.
  @Test func storedAlertsAreWhole() throws {
    let alerts = Self.whole().alerts
    #expect(alerts.contains { !$0.hands.isEmpty } && alerts.contains { !$0.links.isEmpty })
    let read = try alerts.map { try #require(Alert(stored: $0.stored)) }
    for (alert, other) in zip(alerts, read) {
      #expect(other.stored == alert.stored)
      #expect(other.links == alert.links && other.hands == alert.hands && other.receives == alert.receives)
      #expect(other.entities == alert.entities && other.targets == alert.targets)
      #expect(other.techniques == alert.techniques && other.tactic == alert.tactic)
      #expect(other.joined(with: alert).stored == alert.stored)
    }
    #expect(Incidents.join(read).map(\.story) == Incidents.join(alerts).map(\.story))
    #expect(Alert(stored: Array("{}".utf8)) == nil && Alert(stored: []) == nil)
  }

  /// A clock that is wrong does not end the windows of others.
  @Test func theFutureJudgesNothing() throws {
    let time = try #require(Self.events.compactMap(\.time).first)
    let far = Timestamp(nanoseconds: time.nanoseconds + 30 * 86_400_000_000_000)
    let future = String(decoding: Self.events[0].original, as: UTF8.self).replacing(
      time.text.prefix(10), with: far.text.prefix(10)
    ).replacing(
      "5f1f7a3e", with: "00000000")
    let odd = Array(EventDecoder.decode(Array(future.utf8)).events)
    #expect(odd.count == 1)
    let usual = Self.follow(Self.events).alerts.filter { $0.value.start < far }
    let followed = Self.follow(odd + Self.events).alerts.filter { $0.value.start < far }
    #expect(followed.keys.sorted() == usual.keys.sorted())
  }

  /// A log that comes a day late is judged for itself.
  @Test func whatComesLateIsJudged() throws {
    var detector = Detector(Self.rules, lateness: Self.lateness)
    let last = (Self.events.compactMap(\.time?.nanoseconds).max() ?? 0) + 86_400_000_000_000
    detector.follow(now: last, isIdle: true)
    // It comes in pieces, between which nothing waits.
    for (number, event) in Self.events.enumerated() {
      detector.detect(event, at: number + 1, of: "store")
      detector.follow(now: last + Int64(number) * 1_000_000_000, isIdle: true)
    }
    detector.follow(now: last + 300_000_000_000, isIdle: true)
    let found = Set(detector.takeChanges().map(\.alert.rule.id))
    #expect(found == Set(Self.whole().alerts.map(\.rule.id)))
    #expect(detector.tooLate == 0)
  }

  @Test func whatWasToldIsForgotten() {
    var detector = Detector(Self.rules, lateness: Self.lateness)
    for (number, event) in Self.events.enumerated() { detector.detect(event, at: number + 1, of: "store") }
    detector.follow(now: .max, isIdle: false)
    let first = detector.takeChanges().count
    #expect(first > 0 && detector.takeChanges().isEmpty)
    detector.forget(before: .max)
    #expect(detector.alerts.isEmpty)
  }
}
