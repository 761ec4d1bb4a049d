import Bytes
import Detect
import Findings

/// Takes what detection found into the tables, within one transaction: alerts that are new or have grown, the incidents that they
/// belong to, and who is to be told.
struct AlertKeeping {
  private let tables: AlertTables
  private let step: DetectionStep
  private(set) var receipt = DetectionReceipt()
  private let suppressions: [Suppression]
  private let neighbourhood: AlertNeighbourhood
  /// Incidents that have taken others in.
  private var hosts: Set<String> = []

  init(_ tables: AlertTables, _ neighbourhood: AlertNeighbourhood, _ step: DetectionStep) throws {
    self.tables = tables
    self.neighbourhood = neighbourhood
    self.step = step
    suppressions = step.changes.isEmpty ? [] : try tables.suppressions(includesPast: false)
  }

  mutating func run() throws {
    guard !step.changes.isEmpty else { return }
    var touched: [Touched] = []
    for change in step.changes { if let one = try keep(change) { touched.append(one) } }
    if !touched.isEmpty { try join(touched) }
  }

  /// An alert as it is kept now, and the incident that it was of until now.
  private struct Touched {
    let alert: Alert
    let incident: String?
  }

  // MARK: Alerts

  /// - Returns: the alert as it is kept now; nil where nothing of it is new, and where it is suppressed.
  private mutating func keep(_ change: AlertBook.Change) throws -> Touched? {
    var alert = change.alert
    let known = try tables.alert(alert.id) ?? tables.near(alert)
    if let known {
      let joined = known.alert.joined(with: alert)
      // After a restart everything of the last while is found again.
      let isSame = !(try tables.update(joined))
      if !isSame, known.triage.state == .closed {
        try tables.setTriage(known.triage.changed(by: .reopen), ofAlert: joined.id)
        try tables.note(joined.id, .reopened, "bartizan", "it goes on")
      }
      try absorb(change.absorbed, into: joined.id)
      if known.suppression != nil || isSame && change.absorbed.isEmpty { return nil }
      receipt.grown += 1
      return Touched(alert: joined, incident: known.incident)
    }
    // What was told under another id stays what it was told as.
    if let told = try change.absorbed.lazy.compactMap({ try tables.alert($0) }).first {
      alert = told.alert.joined(with: alert)
      _ = try tables.update(alert)
      try absorb(change.absorbed, into: alert.id)
      receipt.grown += 1
      return told.suppression == nil ? Touched(alert: alert, incident: told.incident) : nil
    }
    let suppression = suppressions.first { $0.covers(alert, at: tables.now) }
    try tables.insert(alert, suppression: suppression?.id)
    if suppression != nil {
      receipt.suppressed += 1
      return nil
    }
    receipt.new.append(alert)
    for target in step.targets where target.takesAlerts && alert.severity >= target.least {
      try tables.dispatch(alert.id, kind: .alert, to: target.name, revision: 1)
    }
    return Touched(alert: alert, incident: nil)
  }

  private func absorb(_ ids: [String], into id: String) throws {
    for other in ids where other != id { try tables.merge(alert: other, into: id) }
  }

  // MARK: Incidents

  /// Joins alerts that are new or have grown with what was found around them.
  private mutating func join(_ touched: [Touched]) throws {
    let first = touched.map(\.alert.start.nanoseconds).min() ?? 0
    let last = touched.map(\.alert.end.nanoseconds).max() ?? 0
    let version = try tables.version()
    var known = try neighbourhood.take(first, last, version: version) ?? read(first, last, version)
    for one in touched {
      known.joiner.add(one.alert, of: one.incident, isShared: step.sharedAddresses.contains)
    }
    let before = Dictionary(touched.map { ($0.alert.id, $0.incident) }) { first, _ in first }
    let alerts = Dictionary(touched.map { ($0.alert.id, $0.alert) }) { first, _ in first }
    var changed: [String: [Alert]] = [:]
    // Most of what is near stands as it stood: only what is touched is told anew.
    for id in known.joiner.takeJoined() + touched.map(\.alert.id) {
      guard let group = known.joiner.incident(of: id) else { continue }
      let name: String
      if group.count == 1, let only = group.first {
        name = only
      } else {
        name = try merge(group, around: id, &known.joiner)
        known.joiner.name(id, name)
      }
      if before[id] != name { try tables.assign(id, to: name) }
      changed[name, default: []] += alerts[id].map { [$0] } ?? []
    }
    neighbourhood.put(known)
    for (id, alerts) in changed.sorted(by: { $0.key < $1.key }) { try refresh(id, alerts) }
  }

  /// What is kept of the time around alerts.
  private func read(_ first: Int64, _ last: Int64, _ version: Int64) throws -> AlertNeighbourhood.State {
    let most = AlertNeighbourhood.mostRead
    // More than is needed now, so that it serves the next ones as well.
    let from = AlertNeighbourhood.before(AlertNeighbourhood.before(first))
    var until = Int64.max
    var near = try tables.alerts(from: from, until: until, limit: most + 1)
    if near.count > most {
      until = AlertNeighbourhood.after(AlertNeighbourhood.after(last))
      near = try tables.alerts(from: from, until: until, limit: most)
    }
    var joiner = IncidentJoiner()
    for kept in near.reversed() {
      joiner.add(kept.alert, of: kept.incident, isShared: step.sharedAddresses.contains)
    }
    return AlertNeighbourhood.State(joiner: joiner, from: from, until: until, version: version)
  }

  /// - Parameter names: under which the incident of an alert was kept until now; none where it is new.
  /// - Returns: under which it is kept from now on.
  private mutating func merge(
    _ names: Set<String>, around id: String, _ joiner: inout IncidentJoiner
  ) throws -> String {
    var found: [String: KeptIncident] = [:]
    for name in names { if let kept = try tables.incident(name) { found[kept.id] = kept } }
    let known = found.values.sorted { ($0.found.nanoseconds, $0.id) < ($1.found.nanoseconds, $1.id) }
    if let oldest = known.first {
      for other in known.dropFirst() { try tables.merge(incident: other, into: oldest.id) }
      if known.count > 1 { hosts.insert(oldest.id) }
      return oldest.id
    }
    let alerts = try joiner.alerts(with: id).compactMap { try tables.alert($0)?.alert }
    let incident = Incident(of: alerts)
    try tables.insert(incident)
    return incident.id
  }

  /// An incident of more alerts is not made anew from all of them for each one that comes.
  private static let manyAlerts = 512

  /// Brings an incident up to what its alerts are now.
  ///
  /// - Parameter touched: those of its alerts that are new or have grown.
  private mutating func refresh(_ id: String, _ touched: [Alert]) throws {
    guard let before = try tables.incident(id) else { return }
    if try growsAlone(before, touched) { return }
    let alerts = try tables.alerts(of: id)
    guard !alerts.isEmpty else { return }
    var incident = Incident(of: alerts.map(\.alert))
    incident.id = id
    let isNew = before.alertCount == 0
    // Another event of an alert that is there is no news; another alert, or a worse one, is.
    let isOver = before.triage.state == .closed
    let isNews = isNew || isOver || incident.alerts.count != before.alertCount || incident.severity != before.severity
    let revision = try tables.update(incident, isNews: isNews)
    guard isNews else { return }
    if isNew {
      receipt.openedIncidents.append(id)
    } else {
      receipt.grownIncidents.append(id)
      if isOver {
        try tables.setTriage(before.triage.changed(by: .reopen), ofIncident: id)
        try tables.note(id, .reopened, "bartizan", "it goes on")
      }
    }
    for target in step.targets where target.takesIncidents && incident.severity >= target.least {
      try tables.dispatch(id, kind: .incident, to: target.name, revision: revision)
    }
  }

  /// Where an incident of many alerts has some more that make it no worse: its number of alerts and its time are noted, and
  /// nobody is told until it has grown by a thirtieth or so.
  private func growsAlone(_ before: KeptIncident, _ touched: [Alert]) throws -> Bool {
    guard before.alertCount >= Self.manyAlerts, before.triage.state != .closed, !hosts.contains(before.id),
      // Several alerts as bad as these make an incident worse than each of them.
      before.severity == .critical || touched.allSatisfy({ $0.severity < .high && $0.severity <= before.severity })
    else { return false }
    let count = try tables.alertCount(of: before.id)
    guard Self.size(count) == Self.size(before.alertCount), let first = touched.map(\.start).min(),
      let last = touched.map(\.end).max()
    else { return false }
    try tables.extend(before.id, alerts: count, from: min(first, before.start), until: max(last, before.end))
    return true
  }

  /// The first five bits of a number, and how many follow.
  private static func size(_ count: Int) -> [Int] {
    let rest = max(0, Int.bitWidth - count.leadingZeroBitCount - 5)
    return [rest, count >> rest]
  }
}
