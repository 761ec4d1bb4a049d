import Bytes
import Findings

/// Collects what rules find: the same rule about the same actor from the same address within a while is one alert.
package struct AlertBook: Sendable {
  private struct Key: Hashable {
    let rule: String
    let actor: String
    let address: String
  }

  private var open: [Key: Int] = [:]
  private var seen: [Int: Set<Alert.Reference>] = [:]
  package private(set) var alerts: [Alert] = []
  /// Alerts that were not kept because a rule fired more often than `mostAlerts`, by rule.
  package private(set) var throttled: [String: Int] = [:]
  private var counts: [String: Int] = [:]

  /// Matches within this time of an alert's last one join it, in nanoseconds.
  package static let joining: Int64 = 900_000_000_000
  /// Maximum number of alerts of one rule.
  package static let mostAlerts = 10_000

  package init() {}

  /// Takes what a rule found, in any order of time.
  ///
  /// - Parameter opens: whether it may be an alert of its own; false for events that only continue something.
  package mutating func add(
    _ rule: RuleInfo, _ events: [DetectedEvent], opens: Bool = true,
    message: (DetectedEvent) -> (text: String, predicate: String?)
  ) {
    guard let last = events.last else { return }
    let key = Key(rule: rule.id, actor: last.actor, address: last.sourceAddress)
    if let place = open[key], last.time.nanoseconds - alerts[place].end.nanoseconds <= Self.joining,
      alerts[place].start.nanoseconds - last.time.nanoseconds <= Self.joining
    {
      join(place, events)
      return
    }
    guard opens else { return }
    guard counts[rule.id, default: 0] < Self.mostAlerts else {
      throttled[rule.id, default: 0] += 1
      return
    }
    counts[rule.id, default: 0] += 1
    let first = events[0]
    let identity = [rule.id, last.actor, last.sourceAddress, first.identity, first.source, String(first.line)]
    let said = message(last)
    var alert = Alert(
      id: String(Fingerprint(identity).text.prefix(16)), rule: rule, severity: rule.severity,
      start: first.time, end: last.time, actor: last.actor, sourceAddress: last.sourceAddress,
      message: said.text, events: [], eventCount: 0, entities: [])
    alert.predicate = said.predicate
    open[key] = alerts.count
    alerts.append(alert)
    join(alerts.count - 1, events)
  }

  private mutating func join(_ place: Int, _ events: [DetectedEvent]) {
    for event in events {
      let reference = Alert.Reference(source: event.source, line: event.line, id: event.id)
      guard seen[place, default: []].insert(reference).inserted else { continue }
      alerts[place].eventCount += 1
      if alerts[place].events.count < Alert.mostEvents { alerts[place].events.append(reference) }
      alerts[place].end = max(alerts[place].end, event.time)
      let most = Alert.mostLinks
      if alerts[place].entities.count < most { alerts[place].entities.formUnion(event.entities) }
      if alerts[place].links.count < most { alerts[place].links.formUnion(event.links) }
      if alerts[place].receives.count < most { alerts[place].receives.formUnion(event.receives) }
      if alerts[place].hands.count < most { alerts[place].hands.formUnion(event.hands) }
      if alerts[place].targets.count < most { alerts[place].targets.formUnion(event.targets) }
      if alerts[place].eventCount > 100_000 { seen[place] = nil }
    }
  }

  /// All alerts by time.
  package var ordered: [Alert] {
    alerts.sorted { ($0.start.nanoseconds, $0.rule.id, $0.id) < ($1.start.nanoseconds, $1.rule.id, $1.id) }
  }
}
