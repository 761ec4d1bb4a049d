package import Bytes
package import Findings

/// Alerts that belong together: one hand did them, or one took over what another left, within a while.
package struct Incident: Sendable {
  /// A step of the story: an alert, with those that say less about the same events.
  package struct Step: Sendable {
    /// When it began; for a sequence of events, when it was complete.
    package let time: Timestamp
    package let end: Timestamp
    package let tactic: Tactic?
    package let techniques: [String]
    package let severity: Severity
    package let text: String
    package let actor: String
    package let sourceAddress: String
    /// See `Alert`.
    package let predicate: String?
    package let alert: String
    /// Alerts of no higher severity about the same events.
    package let others: [String]
    /// How many events it rests on.
    package let events: Int
  }

  /// One of its entities that the snapshot of the cluster knows.
  package struct Object: Sendable {
    package let entity: Entity
    package let thing: ClusterFacts.Thing
  }

  /// Of its first alert, unless it was known by another before.
  package var id: String
  package let severity: Severity
  /// The least that any of its steps left; nil without a snapshot that knows those concerned.
  package let depthLeft: DepthLeft?
  package let start: Timestamp
  package let end: Timestamp
  package let title: String
  /// By time, and those of one second in the order of the tactics.
  package let steps: [Step]
  package let entities: [Entity]
  /// What the snapshot says of those of them who acted or were taken hold of.
  package let objects: [Object]
  /// ATT&CK techniques, in the order of the tactics.
  package let techniques: [String]
  package let tactics: [Tactic]
  /// Ids of its alerts, by time.
  package let alerts: [String]

  /// The time of day, with the date where it is another than that of the start.
  package func clock(_ time: Timestamp) -> String {
    let text = time.text(digits: 0)
    guard text.count >= 20 else { return text }
    let clock = String(text.dropFirst(11).dropLast())
    return text.prefix(10) == start.text(digits: 0).prefix(10) ? clock : text.prefix(10) + " " + clock
  }

  /// What happened, as sentences, one a line.
  package var story: String { IncidentStory.text(self) }
}

/// Joins alerts to incidents; see `IncidentJoiner`.
package enum Incidents {
  /// Alerts further apart than this are not joined, in nanoseconds.
  package static let window: Int64 = 3_600_000_000_000

  /// - Parameters:
  ///   - shared: addresses from which many come, which link nothing.
  ///   - facts: what is known of the cluster; nil where nothing is.
  package static func join(
    _ alerts: [Alert], shared: Set<String> = [], facts: ClusterFacts? = nil
  ) -> [Incident] {
    var joiner = IncidentJoiner()
    let ordered = alerts.sorted {
      ($0.start.nanoseconds, $0.rule.id, $0.id) < ($1.start.nanoseconds, $1.rule.id, $1.id)
    }
    for alert in ordered { joiner.add(alert, isShared: shared.contains) }
    let byID = Dictionary(ordered.map { ($0.id, $0) }) { first, _ in first }
    return joiner.groups().map { ids in Incident(ids.compactMap { byID[$0] }, facts) }
  }
}

extension Incident {
  /// The incident that these alerts are.
  ///
  /// - Parameter alerts: by time; at least one.
  package init(of alerts: [Alert]) { self.init(alerts, nil) }

  /// - Parameter alerts: by time; at least one.
  fileprivate init(_ alerts: [Alert], _ facts: ClusterFacts?) {
    id = "inc-" + (alerts.first?.id ?? "")
    start = alerts.map(\.start).min() ?? Timestamp(nanoseconds: 0)
    end = alerts.map(\.end).max() ?? start
    self.alerts = alerts.map(\.id)
    entities = Set(alerts.flatMap(\.entities)).sorted()
    depthLeft = alerts.compactMap(\.depthLeft).min()
    var concerned: Set<Entity> = []
    for alert in alerts where facts != nil && alert.severity >= .medium {
      concerned.formUnion(alert.targets)
      for link in alert.receives {
        switch link {
        case .pod(let entity), .rights(let entity): concerned.insert(entity)
        default: break
        }
      }
    }
    objects = concerned.sorted().compactMap { entity in
      facts?.thing(entity).map { Object(entity: entity, thing: $0) }
    }
    // Read from the tags of a rule, so once for each alert.
    let tacticOfAlert = alerts.map(\.tactic)
    let worse = alerts.indices.filter { alerts[$0].severity >= .medium }
    let tactics = Set(worse.compactMap { tacticOfAlert[$0] })
    self.tactics = Tactic.allCases.filter(tactics.contains)
    var techniques: [String] = []
    var known: Set<String> = []
    let byTactic = worse.map { (Self.place(tacticOfAlert[$0]), alerts[$0].start.nanoseconds, $0) }.sorted(by: <)
    for (_, _, index) in byTactic {
      for technique in alerts[index].techniques where known.insert(technique).inserted { techniques.append(technique) }
    }
    self.techniques = techniques
    steps = Self.steps(alerts, tacticOfAlert)
    let worst = alerts.map(\.severity).max() ?? .info
    // Several high alerts over three stages of an attack are no coincidence.
    let isChain = tactics.count >= 3 && alerts.filter { $0.severity >= .high }.count >= 3
    severity = worst == .high && isChain ? .critical : worst
    title = Self.title(steps, worst)
  }

  /// Of alerts that rest on the same events, the worst is a step and the others stand beside it; so do those of one technique
  /// that rest on a part of its events.
  ///
  /// - Parameter tactics: of each alert.
  private static func steps(_ alerts: [Alert], _ tactics: [Tactic?]) -> [Step] {
    let worstFirst = alerts.indices.sorted { a, b in
      (alerts[b].severity.rawValue, alerts[b].eventCount, a) < (alerts[a].severity.rawValue, alerts[a].eventCount, b)
    }
    // The steps that each event is part of.
    var leaders: [Alert.Reference: Set<Int>] = [:]
    var others: [Int: [Int]] = [:]
    for index in worstFirst {
      let events = alerts[index].events
      var leading = events.first.flatMap { leaders[$0] } ?? []
      for event in events.dropFirst() where !leading.isEmpty { leading.formIntersection(leaders[event] ?? []) }
      // A pattern over many events does not tell what each of them was, unless they are of its own kind.
      let alert = alerts[index]
      let leader = leading.sorted().first { leader in
        let other = alerts[leader]
        if other.eventCount == alert.eventCount {
          return other.severity > alert.severity || tactics[leader] == tactics[index]
        }
        return other.eventCount > alert.eventCount && tactics[leader] == tactics[index] && other.covers(alert)
      }
      if let leader {
        others[leader, default: []].append(index)
        continue
      }
      others[index, default: []] += []
      for event in events { leaders[event, default: []].insert(index) }
    }
    let order = others.keys.map { index in
      let time = alerts[index].completed ?? alerts[index].start
      return (time.seconds, place(tactics[index]), time.nanoseconds, index)
    }.sorted(by: <)
    return order.map { _, _, _, index in
      let alert = alerts[index]
      return Step(
        time: alert.completed ?? alert.start, end: alert.end, tactic: tactics[index], techniques: alert.techniques,
        severity: alert.severity, text: alert.message, actor: alert.actor, sourceAddress: alert.sourceAddress,
        predicate: alert.predicate, alert: alert.id, others: (others[index] ?? []).sorted().map { alerts[$0].id },
        events: alert.eventCount)
    }
  }

  /// The worst that happened, who did it, and how much more there was.
  private static func title(_ steps: [Step], _ worst: Severity) -> String {
    // Of several as bad, the last is what it came to.
    let leading = steps.last { $0.severity == worst }
    guard let leading else { return "" }
    let more = steps.count { $0.severity >= .medium } - 1
    let actors = steps.filter { $0.severity >= .medium && $0.actor != leading.actor && !$0.actor.isEmpty }.map(\.actor)
    let also = Set(actors).count
    var title = leading.text
    if more > 0 { title += ", and \(more) more \(more == 1 ? "step" : "steps")" }
    if also > 0 { title += " with \(also) more \(also == 1 ? "account" : "accounts")" }
    return title
  }

  fileprivate static func place(_ tactic: Tactic?) -> Int {
    tactic.flatMap { Tactic.allCases.firstIndex(of: $0) } ?? Tactic.allCases.count
  }
}

extension Alert {
  /// The first tactic that the rule names.
  package var tactic: Tactic? { rule.tactics.first.flatMap { Tactic(rawValue: $0) } }

  /// Whether the other, of the same tactic, tells nothing but what this tells of more events: its techniques or their parents.
  fileprivate func covers(_ other: Alert) -> Bool {
    func parents(_ techniques: [String]) -> Set<Substring> {
      Set(techniques.compactMap { $0.split(separator: ".").first })
    }
    return parents(other.techniques).isSubset(of: parents(techniques))
  }
}
