package import Bytes
package import Findings

/// Alerts that belong together: they share a person, account, pod, address or the like within a while.
package struct Incident: Sendable {
  /// A step of the story.
  package struct Step: Sendable {
    package let time: Timestamp
    package let tactic: Tactic?
    package let techniques: [String]
    package let severity: Severity
    package let text: String
    package let alert: String
    /// How many events it rests on.
    package let events: Int
  }

  /// Of its first alert.
  package let id: String
  package let severity: Severity
  package let start: Timestamp
  package let end: Timestamp
  package let title: String
  package let steps: [Step]
  package let entities: [Entity]
  /// ATT&CK techniques, in the order of the tactics.
  package let techniques: [String]
  package let tactics: [Tactic]
  /// Ids of its alerts, by time.
  package let alerts: [String]

  /// The steps as sentences, one a line.
  package var story: String {
    steps.map { step in
      let count = step.events > 1 ? " (\(step.events) events)" : ""
      return "\(step.time.text(digits: 0)) \(step.text)\(count)."
    }.joined(separator: "\n")
  }
}

/// Joins alerts to incidents.
package enum Incidents {
  /// Alerts further apart than this are not joined, in nanoseconds.
  package static let window: Int64 = 3_600_000_000_000

  /// Alerts of medium severity and above found incidents and join each other by any entity; lower ones only join an
  /// incident of the same actor or address.
  package static func join(_ alerts: [Alert]) -> [Incident] {
    let ordered = alerts.sorted {
      ($0.start.nanoseconds, $0.rule.id, $0.id) < ($1.start.nanoseconds, $1.rule.id, $1.id)
    }
    var parents = Array(ordered.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while parents[index] != index {
        parents[index] = parents[parents[index]]
        index = parents[index]
      }
      return index
    }
    func near(_ a: Int, _ b: Int) -> Bool {
      ordered[b].start.nanoseconds - ordered[a].end.nanoseconds <= window
    }
    var latest: [Entity: Int] = [:]
    for index in ordered.indices where ordered[index].severity >= .medium {
      for entity in ordered[index].entities where entity.joins {
        if let other = latest[entity], near(other, index) {
          let a = root(other)
          let b = root(index)
          parents[max(a, b)] = min(a, b)
        }
        if let other = latest[entity], ordered[other].end > ordered[index].end { continue }
        latest[entity] = index
      }
    }
    var members: [Int: [Int]] = [:]
    for index in ordered.indices where ordered[index].severity >= .medium {
      members[root(index), default: []].append(index)
    }
    // What is low alone is part of the story where its actor or address is.
    var actors: [Entity: [Int]] = [:]
    for (incident, list) in members {
      for index in list { for entity in ordered[index].own { actors[entity, default: []].append(incident) } }
    }
    for index in ordered.indices where ordered[index].severity < .medium {
      let candidates = Set(ordered[index].own.flatMap { actors[$0] ?? [] })
      let found = candidates.filter { incident in
        members[incident]?.contains { near(min($0, index), max($0, index)) } ?? false
      }.min()
      if let found { members[found]?.append(index) }
    }
    return members.keys.sorted().map { incident in
      Incident((members[incident] ?? []).sorted().map { ordered[$0] })
    }
  }
}

extension Entity {
  /// Whether alerts are joined by it: a namespace or image is shared by too many.
  fileprivate var joins: Bool {
    switch kind {
    case .user, .serviceAccount, .pod, .node, .host: true
    case .address: true
    case .image, .namespace: false
    }
  }
}

extension Alert {
  /// Who and where from.
  fileprivate var own: [Entity] {
    entities.filter {
      $0.kind == .address || $0.name == actor
        || actor.hasSuffix($0.name.replacing("/", with: ":")) && $0.kind == .serviceAccount
    }
    .sorted()
  }
}

extension Incident {
  /// - Parameter alerts: by time; at least one.
  fileprivate init(_ alerts: [Alert]) {
    id = "inc-" + (alerts.first?.id ?? "")
    start = alerts.map(\.start).min() ?? Timestamp(nanoseconds: 0)
    end = alerts.map(\.end).max() ?? start
    self.alerts = alerts.map(\.id)
    entities = Set(alerts.flatMap(\.entities)).sorted()
    var tactics: Set<Tactic> = []
    for alert in alerts where alert.severity >= .medium {
      if let tactic = alert.tactic { tactics.insert(tactic) }
    }
    self.tactics = Tactic.allCases.filter(tactics.contains)
    var techniques: [String] = []
    let byTactic = alerts.filter { $0.severity >= .medium }.sorted {
      (Self.place($0.tactic), $0.start.nanoseconds) < (Self.place($1.tactic), $1.start.nanoseconds)
    }
    for alert in byTactic {
      for technique in alert.techniques where !techniques.contains(technique) { techniques.append(technique) }
    }
    self.techniques = techniques
    steps = alerts.map { alert in
      Step(
        time: alert.start, tactic: alert.tactic, techniques: alert.techniques, severity: alert.severity,
        text: alert.message, alert: alert.id, events: alert.eventCount)
    }
    let worst = alerts.map(\.severity).max() ?? .info
    // Several high alerts over three stages of an attack are no coincidence.
    let isChain = tactics.count >= 3 && alerts.filter { $0.severity >= .high }.count >= 3
    severity = worst == .high && isChain ? .critical : worst
    let leading = alerts.filter { $0.severity == worst }.first ?? alerts.first
    let actors = Set(alerts.map(\.actor).filter { !$0.isEmpty }).sorted()
    let who = actors.isEmpty ? alerts.first?.sourceAddress ?? "" : actors.prefix(2).joined(separator: ", ")
    let more = alerts.count > 1 ? " and \(alerts.count - 1) more" : ""
    title =
      (leading?.rule.title ?? "") + more + (who.isEmpty ? "" : " by " + who) + (actors.count > 2 ? " and others" : "")
  }

  private static func place(_ tactic: Tactic?) -> Int {
    tactic.flatMap { Tactic.allCases.firstIndex(of: $0) } ?? Tactic.allCases.count
  }
}

extension Alert {
  /// The first tactic that the rule names.
  package var tactic: Tactic? { rule.tactics.first.flatMap { Tactic(rawValue: $0) } }
}
