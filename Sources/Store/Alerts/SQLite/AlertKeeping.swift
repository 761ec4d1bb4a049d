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

  /// Maximum number of alerts that are looked at for what belongs together with new ones.
  private static let mostNeighbours = 5_000

  init(_ tables: AlertTables, _ step: DetectionStep) throws {
    self.tables = tables
    self.step = step
    suppressions = step.changes.isEmpty ? [] : try tables.suppressions(includesPast: false)
  }

  mutating func run() throws {
    guard !step.changes.isEmpty else { return }
    var touched: Set<String> = []
    var first = Int64.max
    var last = Int64.min
    for change in step.changes {
      guard let alert = try keep(change) else { continue }
      touched.insert(alert.id)
      first = min(first, alert.start.nanoseconds)
      last = max(last, alert.end.nanoseconds)
    }
    guard !touched.isEmpty else { return }
    try join(touched, first, last)
  }

  // MARK: Alerts

  /// - Returns: the alert as it is kept now; nil where nothing of it is new, and where it is suppressed.
  private mutating func keep(_ change: AlertBook.Change) throws -> Alert? {
    var alert = change.alert
    let known = try tables.alert(alert.id) ?? tables.near(alert)
    if let known {
      let joined = known.alert.joined(with: alert)
      // After a restart everything of the last while is found again.
      let isSame = joined.stored == known.alert.stored
      if !isSame { try tables.update(joined) }
      if !isSame, known.triage.state == .closed {
        try tables.setTriage(known.triage.changed(by: .reopen), ofAlert: joined.id)
        try tables.note(joined.id, .reopened, "bartizan", "it goes on")
      }
      try absorb(change.absorbed, into: joined.id)
      if known.suppression != nil || isSame && change.absorbed.isEmpty { return nil }
      receipt.grown += 1
      return joined
    }
    // What was told under another id stays what it was told as.
    if let told = try change.absorbed.lazy.compactMap({ try tables.alert($0) }).first {
      alert = told.alert.joined(with: alert)
      try tables.update(alert)
      try absorb(change.absorbed, into: alert.id)
      receipt.grown += 1
      return told.suppression == nil ? alert : nil
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
    return alert
  }

  private func absorb(_ ids: [String], into id: String) throws {
    for other in ids where other != id { try tables.merge(alert: other, into: id) }
  }

  // MARK: Incidents

  /// Joins alerts that are new or have grown with what was found around them.
  private mutating func join(_ touched: Set<String>, _ first: Int64, _ last: Int64) throws {
    let from = first.subtractingReportingOverflow(Incidents.window)
    let until = last.addingReportingOverflow(Incidents.window)
    let near = try tables.alerts(
      from: from.overflow ? .min : from.partialValue, until: until.overflow ? .max : until.partialValue,
      limit: Self.mostNeighbours)
    let members = Dictionary(near.map { ($0.alert.id, $0) }) { first, _ in first }
    var changed: Set<String> = []
    // Most of what is near stands as it stood: only what is touched is told anew.
    for group in Incidents.groups(near.map(\.alert), shared: step.sharedAddresses) {
      guard group.contains(where: { touched.contains($0.id) }) else { continue }
      let incident = Incident(of: group)
      let assigned = Set(incident.alerts.compactMap { members[$0]?.incident })
      let known = try assigned.compactMap { try tables.incident($0) }.sorted {
        ($0.found.nanoseconds, $0.id) < ($1.found.nanoseconds, $1.id)
      }
      let id = known.first?.id ?? incident.id
      if known.isEmpty { try tables.insert(incident) }
      for other in known.dropFirst() { try tables.merge(incident: other, into: id) }
      for alert in incident.alerts where members[alert]?.incident != id { try tables.assign(alert, to: id) }
      changed.insert(id)
    }
    for id in changed.sorted() { try refresh(id) }
  }

  /// Brings an incident up to what its alerts are now.
  private mutating func refresh(_ id: String) throws {
    let alerts = try tables.alerts(of: id)
    guard !alerts.isEmpty, let before = try tables.incident(id) else { return }
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
}
