import Bytes
import Detect
import Findings
import Testing

/// A rule that fires without end.
@Suite struct FloodTests {
  private static func event(_ number: Int, at second: Int) -> DetectedEvent {
    DetectedEvent(
      source: "log", line: number + 1, id: "e\(number)", time: Timestamp(nanoseconds: Int64(second) * 1_000_000_000),
      identity: "e\(number)", actor: "user-\(number)", sourceAddress: "192.0.2.\(number % 250)")
  }

  private static let rule: RuleInfo = {
    var info = RuleInfo(id: "r", title: "Something happens", location: Location(file: "r.yml"))
    info.severity = .medium
    return info
  }()

  private static func book(_ events: [DetectedEvent]) -> AlertBook {
    var book = AlertBook()
    for event in events { book.add(rule, [event]) { ("\($1.actor) did it", nil) } }
    return book
  }

  @Test func oneAlertForWhatIsTooMuch() {
    let book = Self.book((0..<3_000).map { Self.event($0, at: 3_600 + $0 / 10) })
    let alerts = book.ordered
    #expect(alerts.count == AlertBook.mostAlertsOfHour + 1)
    let rest = alerts.filter { $0.actor.isEmpty }
    #expect(rest.count == 1 && rest.first?.eventCount == 3_000 - AlertBook.mostAlertsOfHour)
    #expect(rest.first?.message.hasPrefix("Something happens: so often") == true)
    #expect(book.throttled == ["r": 3_000 - AlertBook.mostAlertsOfHour])
  }

  /// Who is known already goes on in an alert of their own, and another hour begins anew.
  @Test func knownOnesGoOn() {
    var events = (0..<700).map { Self.event($0, at: 3_600 + $0) }
    events.append(Self.event(0, at: 3_700))
    events.append(Self.event(9_000, at: 7_300))
    let alerts = Self.book(events).ordered
    #expect(alerts.first { $0.actor == "user-0" }?.eventCount == 2)
    #expect(alerts.contains { $0.actor == "user-9000" && $0.message == "user-9000 did it" })
  }
}
