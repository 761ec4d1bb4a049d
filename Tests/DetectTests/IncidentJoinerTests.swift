import Bytes
import Detect
import Findings
import TestKit
import Testing

/// The joiner, which looks at ties alone, against pairs of all alerts.
@Suite struct IncidentJoinerTests {
  private static let minute: Int64 = 60_000_000_000

  private static func alert(_ number: Int, _ random: inout SeededRandom, hands: Bool) -> Alert {
    let start = Int64.random(in: 0..<900, using: &random) * minute
    let length = Int64([0, 5, 40, 90].randomElement(using: &random) ?? 0) * minute
    let severity: Severity = Int.random(in: 0..<4, using: &random) == 0 ? .low : .high
    func links(_ kinds: [AlertLink], _ most: Int) -> Set<AlertLink> {
      Set((0..<Int.random(in: 0...most, using: &random)).compactMap { _ in kinds.randomElement(using: &random) })
    }
    var alert = Alert(
      id: "alert-\(number)", rule: RuleInfo(id: "rule-\(number % 3)", title: "", location: Location(file: "")),
      severity: severity, start: Timestamp(nanoseconds: start), end: Timestamp(nanoseconds: start + length), actor: "",
      sourceAddress: "", message: "",
      events: [Alert.Reference(source: "a", line: Int.random(in: 0..<200, using: &random), id: "")], eventCount: 1,
      entities: [])
    alert.links = links((0..<12).map { .address("192.0.2.\($0)") }, 2)
    if hands {
      let rights = (0..<6).map { AlertLink.rights(Entity(.user, "user-\($0)")) }
      alert.hands = links(rights, 1)
      alert.receives = links(rights, 1)
    }
    return alert
  }

  private static func isNear(_ a: Alert, _ b: Alert) -> Bool {
    a.start.nanoseconds - b.end.nanoseconds <= Incidents.window
      && b.start.nanoseconds - a.end.nanoseconds <= Incidents.window
  }

  private static func precedes(_ a: Alert, _ b: Alert) -> Bool {
    (a.start.nanoseconds, a.rule.id, a.id) < (b.start.nanoseconds, b.rule.id, b.id)
  }

  /// Every pair of alerts of medium severity and above is looked at.
  private static func expected(_ alerts: [Alert]) -> Set<Set<String>> {
    let founders = alerts.filter { $0.severity >= .medium }
    var groups = founders.map { Set([$0.id]) }
    func unite(_ a: Alert, _ b: Alert) {
      guard let first = groups.firstIndex(where: { $0.contains(a.id) }), !groups[first].contains(b.id),
        let second = groups.firstIndex(where: { $0.contains(b.id) })
      else { return }
      groups[first].formUnion(groups[second])
      groups.remove(at: second)
    }
    for a in founders {
      for b in founders where a.id != b.id {
        if isNear(a, b), !a.links.isDisjoint(with: b.links) { unite(a, b) }
        if !a.events.isEmpty, a.events == b.events { unite(a, b) }
      }
      for link in a.receives {
        let before = founders.filter { $0.hands.contains(link) && precedes($0, a) }
        let last = before.max {
          ($0.end.nanoseconds, precedes($0, $1) ? 0 : 1) < ($1.end.nanoseconds, precedes($0, $1) ? 1 : 0)
        }
        if let last, isNear(last, a) { unite(last, a) }
      }
    }
    return Set(groups)
  }

  private static func founders(_ groups: [[String]], _ alerts: [Alert]) -> Set<Set<String>> {
    let low = Set(alerts.filter { $0.severity < .medium }.map(\.id))
    return Set(groups.map { Set($0).subtracting(low) })
  }

  /// Events lie within an alert's time: two that rest on one are near.
  private static func alerts(_ random: inout SeededRandom, hands: Bool) -> [Alert] {
    var seen: [Alert.Reference: Alert] = [:]
    return (0..<60).map { number in
      var alert = alert(number, &random, hands: hands)
      if let event = alert.events.first, let other = seen[event], !isNear(alert, other) { alert.events = [] }
      if let event = alert.events.first { seen[event] = alert }
      return alert
    }
  }

  @Test(arguments: 0..<60) func equalsAllPairs(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let alerts = Self.alerts(&random, hands: true)
    var joiner = IncidentJoiner()
    for alert in alerts.sorted(by: Self.precedes) { joiner.add(alert, isShared: { _ in false }) }
    let groups = joiner.groups()
    #expect(Self.founders(groups, alerts) == Self.expected(alerts))
    // A lower alert is of an incident exactly where it is tied to one and near it.
    let byID = Dictionary(uniqueKeysWithValues: alerts.map { ($0.id, $0) })
    let joined = Set(groups.joined())
    for low in alerts where low.severity < .medium {
      let fits = groups.contains { group in
        let others = group.compactMap { byID[$0] }.filter { $0.id != low.id }
        return others.contains { $0.severity >= .medium && !$0.links.isDisjoint(with: low.links) }
          && others.contains { Self.isNear($0, low) }
      }
      #expect(joined.contains(low.id) == fits, "\(low.id)")
    }
  }

  /// In which order alerts come, and in how many pieces they grow, changes nothing.
  @Test(arguments: 0..<60) func orderChangesNothing(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(1_000 + seed))
    let alerts = Self.alerts(&random, hands: false)
    var whole = IncidentJoiner()
    for alert in alerts.sorted(by: Self.precedes) { whole.add(alert, isShared: { _ in false }) }
    var grown = IncidentJoiner()
    for alert in alerts.shuffled(using: &random) {
      let half = (alert.start.nanoseconds + alert.end.nanoseconds) / 2
      var part = Alert(
        id: alert.id, rule: alert.rule, severity: alert.severity, start: Timestamp(nanoseconds: half),
        end: Timestamp(nanoseconds: half), actor: "", sourceAddress: "", message: "", events: [], eventCount: 1,
        entities: [])
      part.links = Set(alert.links.prefix(1))
      grown.add(part, isShared: { _ in false })
      if Bool.random(using: &random) { _ = grown.takeJoined() }
    }
    for alert in alerts.shuffled(using: &random) { grown.add(alert, isShared: { _ in false }) }
    #expect(Self.founders(grown.groups(), alerts) == Self.founders(whole.groups(), alerts))
  }

  /// Those that were kept as one incident are one, and what two incidents are joined by is said.
  @Test func namesAreKept() {
    func alert(_ id: String, _ minute: Int64, _ addresses: [String]) -> Alert {
      var alert = Alert(
        id: id, rule: RuleInfo(id: "rule", title: "", location: Location(file: "")), severity: .high,
        start: Timestamp(nanoseconds: minute * Self.minute), end: Timestamp(nanoseconds: minute * Self.minute),
        actor: "", sourceAddress: "", message: "", events: [], eventCount: 1, entities: [])
      alert.links = Set(addresses.map { .address($0) })
      return alert
    }
    var joiner = IncidentJoiner()
    joiner.add(alert("a", 0, ["192.0.2.1"]), of: "one", isShared: { _ in false })
    joiner.add(alert("b", 300, ["192.0.2.2"]), of: "one", isShared: { _ in false })
    joiner.add(alert("c", 0, ["192.0.2.3"]), of: "two", isShared: { _ in false })
    #expect(joiner.takeJoined().isEmpty)
    #expect(joiner.incident(of: "b") == ["one"])
    joiner.add(alert("d", 30, ["192.0.2.1", "192.0.2.3"]), isShared: { _ in false })
    #expect(joiner.takeJoined() == ["d"])
    #expect(joiner.incident(of: "b") == ["one", "two"])
    #expect(joiner.alerts(with: "d") == ["a", "c", "d", "b"])
    joiner.name("d", "two")
    #expect(joiner.incident(of: "a") == ["two"])
    // An address from which many come ties nothing.
    joiner.add(alert("e", 30, ["192.0.2.3"]), isShared: { $0 == "192.0.2.3" })
    #expect(joiner.incident(of: "e")?.isEmpty ?? false)
    #expect(joiner.incident(of: "nothing") == nil)
  }
}
