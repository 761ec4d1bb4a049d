import Bytes
import Detect
import Findings
import FoundationEssentials
import GRDB

/// The tables of alerts, within a transaction.
struct AlertTables {
  private let database: Database
  private let cache: AlertCache
  let now: Timestamp

  init(_ database: Database, _ cache: AlertCache, now: Timestamp) {
    self.database = database
    self.cache = cache
    self.now = now
  }

  /// What kind of thing is sent.
  enum Kind: String {
    case alert
    case incident
  }

  /// Maximum number of alerts of one incident that are told; the first ones.
  private static let mostOfIncident = 5_000

  // MARK: Progress

  /// Between two marks, and how long they are kept, in nanoseconds.
  private static let markDistance: Int64 = 60_000_000_000
  private static let markAge: Int64 = 8 * 86_400_000_000_000

  func setProgress(_ position: EventPosition) throws {
    let time = now.nanoseconds
    try database.run(
      """
      INSERT INTO progress (id, position, time) VALUES (1, ?, ?)
      ON CONFLICT (id) DO UPDATE SET position = excluded.position, time = excluded.time
      """, [position.number, time])
    let latest = try database.value("SELECT max(time) FROM mark")
    guard latest.map({ time - $0 >= Self.markDistance || time < $0 }) ?? true else { return }
    try database.run("INSERT OR REPLACE INTO mark (time, position) VALUES (?, ?)", [time, position.number])
    try database.run("DELETE FROM mark WHERE time < ?", [time - Self.markAge])
  }

  func progress(memory: Int64) throws -> DetectionProgress? {
    guard let row = try database.row("SELECT position, time FROM progress") else { return nil }
    let position: Int64 = row["position"]
    let time: Int64 = row["time"]
    let from = time.subtractingReportingOverflow(memory)
    // Without a mark that is old enough, the oldest is where following began.
    let mark = try database.value(
      """
      SELECT coalesce((SELECT position FROM mark WHERE time <= ? ORDER BY time DESC LIMIT 1),
        (SELECT position FROM mark ORDER BY time LIMIT 1))
      """, [from.overflow ? .min : from.partialValue])
    return DetectionProgress(
      position: EventPosition(position), resume: EventPosition(min(mark ?? position, position)))
  }

  /// Another number where another connection has changed the file since.
  func version() throws -> Int64 { try database.value("PRAGMA data_version") ?? 0 }

  // MARK: Alerts

  private static let alertColumns =
    "id, content, incident, suppression, state, reason, assignee, found, updated, mergedInto"

  private func kept(_ row: Row) throws -> KeptAlert {
    let content: Data = row["content"]
    let id: String = row["id"]
    guard let alert = cache.alert(id, content) else {
      throw BartizanError(.storeDamaged, "alert \(id) is damaged")
    }
    return KeptAlert(
      alert: alert, triage: Self.triage(row), incident: row["incident"], suppression: row["suppression"],
      found: Timestamp(nanoseconds: row["found"]), updated: Timestamp(nanoseconds: row["updated"]))
  }

  private static func triage(_ row: Row) -> Triage {
    let state: String = row["state"]
    let reason: String? = row["reason"]
    return Triage(
      state: Triage.State(rawValue: state) ?? .new, reason: reason.flatMap { Triage.Reason(rawValue: $0) },
      assignee: row["assignee"])
  }

  /// Follows what was merged; nil for an unknown id.
  func alert(_ id: String) throws -> KeptAlert? {
    var id = id
    for _ in 0..<16 {
      guard
        let row = try database.row("SELECT \(Self.alertColumns) FROM alert WHERE id = ?", [id])
      else { return nil }
      let other: String? = row["mergedInto"]
      guard let other else { return try kept(row) }
      id = other
    }
    return nil
  }

  /// The alert that another continues: of the same rule, actor and address, and close in time.
  func near(_ alert: Alert) throws -> KeptAlert? {
    let from = alert.start.nanoseconds.subtractingReportingOverflow(AlertBook.joining)
    let until = alert.end.nanoseconds.addingReportingOverflow(AlertBook.joining)
    return try database.row(
      """
      SELECT \(Self.alertColumns) FROM alert WHERE rule = ? AND actor = ? AND address = ? AND end >= ? AND start <= ?
      AND mergedInto IS NULL ORDER BY end DESC LIMIT 1
      """,
      [
        alert.rule.id, alert.actor, alert.sourceAddress, from.overflow ? .min : from.partialValue,
        until.overflow ? .max : until.partialValue,
      ]
    ).map(kept)
  }

  func insert(_ alert: Alert, suppression: String?) throws {
    let content = Data(alert.stored)
    try database.run(
      """
      INSERT INTO alert (id, rule, actor, address, start, end, severity, content, suppression, state, found, updated)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        alert.id, alert.rule.id, alert.actor, alert.sourceAddress, alert.start.nanoseconds, alert.end.nanoseconds,
        alert.severity.rawValue, content, suppression, Triage.State.new.rawValue, now.nanoseconds,
        now.nanoseconds,
      ])
  }

  /// - Returns: whether it was another before.
  func update(_ alert: Alert) throws -> Bool {
    let content = Data(alert.stored)
    try database.run(
      "UPDATE alert SET start = ?, end = ?, severity = ?, content = ?, updated = ? WHERE id = ? AND content <> ?",
      [
        alert.start.nanoseconds, alert.end.nanoseconds, alert.severity.rawValue, content, now.nanoseconds, alert.id,
        content,
      ])
    return database.changesCount > 0
  }

  func merge(alert other: String, into id: String) throws {
    try database.run("UPDATE alert SET mergedInto = ?, incident = NULL WHERE id = ? AND id <> ?", [id, other, id])
    try database.run("UPDATE note SET subject = ? WHERE subject = ?", [id, other])
    try database.run("DELETE FROM dispatch WHERE id = ?", [other])
  }

  func assign(_ alert: String, to incident: String) throws {
    try database.run("UPDATE alert SET incident = ? WHERE id = ? AND mergedInto IS NULL", [incident, alert])
  }

  /// Alerts that may belong together with others of a span of time, the latest first where there are too many.
  func alerts(from: Int64, until: Int64, limit: Int) throws -> [KeptAlert] {
    try database.rows(
      """
      SELECT \(Self.alertColumns) FROM alert WHERE end >= ? AND start <= ? AND mergedInto IS NULL AND suppression IS NULL
      ORDER BY end DESC LIMIT ?
      """, [from, until, limit]
    ).map(kept)
  }

  /// By time.
  func alerts(of incident: String) throws -> [KeptAlert] {
    try database.rows(
      """
      SELECT \(Self.alertColumns) FROM alert WHERE incident = ? AND mergedInto IS NULL ORDER BY start, rule, id LIMIT ?
      """, [incident, Self.mostOfIncident]
    ).map(kept)
  }

  /// - Returns: one more than the limit where there are as many.
  func alerts(_ filter: AlertFilter) throws -> [KeptAlert] {
    var (conditions, arguments) = Self.conditions(filter)
    if !filter.includesSuppressed { conditions.append("suppression IS NULL") }
    if let rule = filter.rule {
      conditions.append("rule = ?")
      arguments += [rule]
    }
    if let actor = filter.actor {
      conditions.append("actor = ?")
      arguments += [actor]
    }
    arguments += [filter.limit + 1]
    return try database.rows(
      """
      SELECT \(Self.alertColumns) FROM alert WHERE \(conditions.joined(separator: " AND "))
      ORDER BY start DESC, id DESC LIMIT ?
      """, arguments
    ).map(kept)
  }

  private static func conditions(_ filter: AlertFilter) -> ([String], StatementArguments) {
    var conditions = ["mergedInto IS NULL", "severity >= ?"]
    var arguments: StatementArguments = [filter.least.rawValue]
    if !filter.states.isEmpty {
      conditions.append("state IN (\(filter.states.map { _ in "?" }.joined(separator: ", ")))")
      arguments += StatementArguments(filter.states.map(\.rawValue).sorted())
    }
    if let assignee = filter.assignee {
      conditions.append("assignee = ?")
      arguments += [assignee]
    }
    if let since = filter.since {
      conditions.append("end >= ?")
      arguments += [since.nanoseconds]
    }
    if let until = filter.until {
      conditions.append("start < ?")
      arguments += [until.nanoseconds]
    }
    if let cursor = filter.cursor {
      conditions.append("(start, id) < (?, ?)")
      arguments += [cursor.start.nanoseconds, cursor.id]
    }
    return (conditions, arguments)
  }

  // MARK: Incidents

  private static let incidentColumns =
    "id, severity, start, end, title, alerts, mergedInto, revision, state, reason, assignee, found, updated"

  private static func incident(_ row: Row) -> KeptIncident {
    let severity: Int = row["severity"]
    return KeptIncident(
      id: row["id"], severity: Severity(rawValue: severity) ?? .info, start: Timestamp(nanoseconds: row["start"]),
      end: Timestamp(nanoseconds: row["end"]), title: row["title"], alertCount: row["alerts"], triage: triage(row),
      found: Timestamp(nanoseconds: row["found"]), updated: Timestamp(nanoseconds: row["updated"]))
  }

  /// Follows what was merged; nil for an unknown id.
  func incident(_ id: String) throws -> KeptIncident? {
    var id = id
    for _ in 0..<16 {
      guard
        let row = try database.row("SELECT \(Self.incidentColumns) FROM incident WHERE id = ?", [id])
      else { return nil }
      let other: String? = row["mergedInto"]
      guard let other else { return Self.incident(row) }
      id = other
    }
    return nil
  }

  /// - Returns: one more than the limit where there are as many.
  func incidents(_ filter: AlertFilter) throws -> [KeptIncident] {
    var (conditions, arguments) = Self.conditions(filter)
    for (column, value) in [("rule", filter.rule), ("actor", filter.actor)] {
      guard let value else { continue }
      conditions.append("EXISTS (SELECT 1 FROM alert WHERE alert.incident = incident.id AND alert.\(column) = ?)")
      arguments += [value]
    }
    arguments += [filter.limit + 1]
    return try database.rows(
      """
      SELECT \(Self.incidentColumns) FROM incident WHERE \(conditions.joined(separator: " AND "))
      ORDER BY start DESC, id DESC LIMIT ?
      """, arguments
    ).map(Self.incident)
  }

  /// A new one, which has no alerts yet.
  func insert(_ incident: Incident) throws {
    try database.run(
      """
      INSERT INTO incident (id, severity, start, end, title, alerts, revision, state, found, updated)
      VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, ?) ON CONFLICT (id) DO NOTHING
      """,
      [
        incident.id, incident.severity.rawValue, incident.start.nanoseconds, incident.end.nanoseconds, incident.title,
        Triage.State.new.rawValue, now.nanoseconds, now.nanoseconds,
      ])
  }

  /// - Returns: its revision.
  func update(_ incident: Incident, isNews: Bool) throws -> Int {
    try database.run(
      """
      UPDATE incident SET severity = ?, start = ?, end = ?, title = ?, alerts = ?, updated = ?, revision = revision + ?
      WHERE id = ?
      """,
      [
        incident.severity.rawValue, incident.start.nanoseconds, incident.end.nanoseconds, incident.title,
        incident.alerts.count, now.nanoseconds, isNews ? 1 : 0, incident.id,
      ])
    return Int(try database.value("SELECT revision FROM incident WHERE id = ?", [incident.id]) ?? 0)
  }

  func alertCount(of incident: String) throws -> Int {
    // As many as are told of it.
    min(
      Self.mostOfIncident,
      Int(
        try database.value(
          "SELECT count(*) FROM alert WHERE incident = ? AND mergedInto IS NULL", [incident]) ?? 0))
  }

  /// What an incident has become without a change of what is said of it.
  func extend(_ incident: String, alerts: Int, from start: Timestamp, until end: Timestamp) throws {
    try database.run(
      "UPDATE incident SET start = ?, end = ?, alerts = ?, updated = ? WHERE id = ?",
      [start.nanoseconds, end.nanoseconds, alerts, now.nanoseconds, incident])
  }

  func merge(incident other: KeptIncident, into id: String) throws {
    try database.run("UPDATE alert SET incident = ? WHERE incident = ?", [id, other.id])
    try database.run("UPDATE incident SET mergedInto = ?, updated = ? WHERE id = ?", [id, now.nanoseconds, other.id])
    try database.run("UPDATE note SET subject = ? WHERE subject = ?", [id, other.id])
    // Who was told of it is told of the whole in its place.
    try database.run("DELETE FROM dispatch WHERE id = ?", [other.id])
    try note(id, .merged, "bartizan", "\(other.id) is a part of it")
  }

  // MARK: Triage

  func setTriage(_ triage: Triage, ofAlert id: String) throws { try set(triage, "alert", id) }

  func setTriage(_ triage: Triage, ofIncident id: String) throws { try set(triage, "incident", id) }

  private func set(_ triage: Triage, _ table: String, _ id: String) throws {
    try database.run(
      "UPDATE \(table) SET state = ?, reason = ?, assignee = ?, updated = ? WHERE id = ?",
      [triage.state.rawValue, triage.reason?.rawValue, triage.assignee, now.nanoseconds, id])
  }

  /// What is made of an incident is made of its alerts.
  func setState(_ state: Triage.State, _ reason: Triage.Reason?, ofAlertsOf incident: String) throws {
    try database.run(
      "UPDATE alert SET state = ?, reason = ?, updated = ? WHERE incident = ? AND state <> ?",
      [state.rawValue, reason?.rawValue, now.nanoseconds, incident, state.rawValue])
  }

  func note(_ subject: String, _ change: Triage.Change, _ author: String, _ comment: String?) throws {
    let comment = comment ?? ""
    switch change {
    case .acknowledge: try note(subject, .acknowledged, author, comment)
    case .close(let reason):
      try note(subject, .closed, author, comment.isEmpty ? reason.rawValue : "\(reason.rawValue): \(comment)")
    case .reopen: try note(subject, .reopened, author, comment)
    case .assign(let person):
      let text = person ?? "nobody"
      try note(subject, .assigned, author, comment.isEmpty ? text : "\(text): \(comment)")
    case .comment: try note(subject, .comment, author, comment)
    }
  }

  func note(_ subject: String, _ action: TriageNote.Action, _ author: String, _ text: String) throws {
    try database.run(
      "INSERT INTO note (subject, time, author, action, text) VALUES (?, ?, ?, ?, ?)",
      [subject, now.nanoseconds, author, action.rawValue, text])
  }

  /// Oldest first.
  func notes(_ subjects: [String]) throws -> [TriageNote] {
    try subjects.flatMap { subject in
      try database.rows(
        "SELECT time, author, action, text FROM note WHERE subject = ? ORDER BY id LIMIT 1000",
        [subject]
      ).map { row in
        let action: String = row["action"]
        return TriageNote(
          time: Timestamp(nanoseconds: row["time"]), author: row["author"],
          action: TriageNote.Action(rawValue: action) ?? .comment, text: row["text"])
      }
    }
  }

  // MARK: Suppressions

  func insert(_ suppression: Suppression) throws {
    try database.run(
      """
      INSERT INTO suppression (id, rule, actor, address, reason, author, created, expires)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
      """,
      [
        suppression.id, suppression.rule, suppression.actor, suppression.sourceAddress, suppression.reason,
        suppression.author, suppression.created.nanoseconds, suppression.expires.nanoseconds,
      ])
  }

  /// By when they were made.
  func suppressions(includesPast: Bool) throws -> [Suppression] {
    try database.rows(
      """
      SELECT id, rule, actor, address, reason, author, created, expires,
        (SELECT count(*) FROM alert WHERE alert.suppression = suppression.id) AS alerts
      FROM suppression WHERE expires > ? ORDER BY created, id
      """, [includesPast ? .min : now.nanoseconds]
    ).map { row in
      var suppression = Suppression(
        id: row["id"], rule: row["rule"], actor: row["actor"], sourceAddress: row["address"], reason: row["reason"],
        author: row["author"], created: Timestamp(nanoseconds: row["created"]),
        expires: Timestamp(nanoseconds: row["expires"]))
      suppression.alerts = row["alerts"]
      return suppression
    }
  }

  /// - Returns: false where there is none that holds.
  func expire(_ id: String) throws -> Bool {
    try database.run(
      "UPDATE suppression SET expires = ? WHERE id = ? AND expires > ?",
      [now.nanoseconds, id, now.nanoseconds])
    return database.changesCount > 0
  }

  // MARK: Sending

  private enum DispatchState: String {
    case waiting
    case sent
    case dead
  }

  /// Something new, or something that was sent and has grown.
  func dispatch(_ id: String, kind: Kind, to destination: String, revision: Int) throws {
    try database.run(
      """
      INSERT INTO dispatch (destination, id, kind, revision, state, tries, created, due, reason)
      VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?, '')
      ON CONFLICT (destination, id) DO UPDATE SET revision = excluded.revision, state = 'waiting', tries = 0,
        due = max(due, excluded.due), reason = ''
      """, [destination, id, kind.rawValue, revision, now.nanoseconds, now.nanoseconds])
  }

  /// Tells those who were told of an incident again, since its state is another.
  func dispatchAgain(incident id: String) throws {
    try database.run("UPDATE incident SET revision = revision + 1 WHERE id = ?", [id])
    try database.run(
      """
      UPDATE dispatch SET state = 'waiting', tries = 0, due = ?,
        revision = (SELECT revision FROM incident WHERE incident.id = dispatch.id)
      WHERE id = ? AND kind = 'incident'
      """, [now.nanoseconds, id])
  }

  func due(_ destination: String, limit: Int) throws -> [Dispatch] {
    try database.rows(
      """
      SELECT id, kind, revision, tries FROM dispatch WHERE destination = ? AND state = 'waiting' AND due <= ?
      ORDER BY due, kind, id LIMIT ?
      """, [destination, now.nanoseconds, limit]
    ).compactMap { row in
      let kind: String = row["kind"]
      return try dispatch(row["id"], Kind(rawValue: kind) ?? .alert, revision: row["revision"], tries: row["tries"])
    }
  }

  private func dispatch(_ id: String, _ kind: Kind, revision: Int, tries: Int) throws -> Dispatch? {
    switch kind {
    case .alert:
      guard let kept = try alert(id) else { return nil }
      return Dispatch(id: id, content: .alert(kept.alert), revision: revision, tries: tries)
    case .incident:
      guard let kept = try incident(id) else { return nil }
      let alerts = try alerts(of: kept.id)
      guard !alerts.isEmpty else { return nil }
      var made = Incident(of: alerts.map(\.alert))
      made.id = kept.id
      return Dispatch(
        id: id, content: .incident(made, isClosed: kept.triage.state == .closed), revision: revision, tries: tries)
    }
  }

  func taken(_ dispatch: Dispatch, by destination: String, quiet: Int64) throws {
    if case .alert = dispatch.content {
      try database.run("DELETE FROM dispatch WHERE destination = ? AND id = ?", [destination, dispatch.id])
      return
    }
    try database.run(
      """
      UPDATE dispatch SET sent = ?, tries = 0, reason = '', due = ?,
        state = CASE WHEN revision = ? THEN 'sent' ELSE state END
      WHERE destination = ? AND id = ?
      """, [now.nanoseconds, now.nanoseconds + quiet, dispatch.revision, destination, dispatch.id])
  }

  func failed(_ dispatch: Dispatch, for destination: String, reason: String, retry: Timestamp?) throws {
    try database.run(
      """
      UPDATE dispatch SET tries = tries + 1, reason = ?, due = ?, state = ? WHERE destination = ? AND id = ?
      """,
      [
        reason, (retry ?? now).nanoseconds, (retry == nil ? DispatchState.dead : .waiting).rawValue, destination,
        dispatch.id,
      ])
  }

  func open(since: Timestamp, limit: Int) throws -> [Dispatch] {
    try database.rows(
      """
      SELECT id, revision FROM incident WHERE mergedInto IS NULL AND state <> 'closed' AND updated >= ?
      ORDER BY updated DESC LIMIT ?
      """, [since.nanoseconds, limit]
    ).compactMap { row in try dispatch(row["id"], .incident, revision: row["revision"], tries: 0) }
  }

  func dispatches(_ destination: String?, limit: Int) throws -> [DispatchRecord] {
    try database.rows(
      """
      SELECT destination, id, kind, state, tries, created, due, reason FROM dispatch
      WHERE state <> 'sent' AND (? IS NULL OR destination = ?) ORDER BY state, due, destination, id LIMIT ?
      """, [destination, destination, limit]
    ).map { row in
      let state: String = row["state"]
      return DispatchRecord(
        destination: row["destination"], id: row["id"], kind: row["kind"],
        state: DispatchRecord.State(rawValue: state) ?? .waiting, tries: row["tries"],
        created: Timestamp(nanoseconds: row["created"]), due: Timestamp(nanoseconds: row["due"]),
        reason: row["reason"])
    }
  }

  func redeliver(_ destination: String?) throws -> Int {
    try database.run(
      """
      UPDATE dispatch SET state = 'waiting', tries = 0, due = ? WHERE state = 'dead'
      AND (? IS NULL OR destination = ?)
      """, [now.nanoseconds, destination, destination])
    return database.changesCount
  }

  // MARK: Events that are sent

  func feed(_ destination: String) throws -> EventPosition? {
    try database.value("SELECT position FROM feed WHERE destination = ?", [destination])
      .map { EventPosition($0) }
  }

  func setFeed(_ destination: String, _ position: EventPosition) throws {
    try database.run(
      """
      INSERT INTO feed (destination, position) VALUES (?, ?)
      ON CONFLICT (destination) DO UPDATE SET position = excluded.position
      """, [destination, position.number])
  }

  // MARK: Retention

  /// An incident goes as a whole, once nothing has happened in it and nobody has worked on it since the time.
  func prune(before time: Timestamp) throws -> Int {
    let before = time.nanoseconds
    try database.execute(
      sql: """
        CREATE TEMP TABLE IF NOT EXISTS goner (id TEXT PRIMARY KEY) WITHOUT ROWID;
        DELETE FROM goner;
        INSERT INTO goner SELECT id FROM incident WHERE mergedInto IS NULL AND end < \(before) AND updated < \(before)
          AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.incident = incident.id AND (alert.end >= \(before)
            OR alert.updated >= \(before)))
          AND NOT EXISTS (SELECT 1 FROM note WHERE subject = incident.id AND time >= \(before))
          AND NOT EXISTS (SELECT 1 FROM dispatch WHERE state <> 'sent' AND (dispatch.id = incident.id
            OR dispatch.id IN (SELECT id FROM alert WHERE alert.incident = incident.id)));
        INSERT OR IGNORE INTO goner SELECT id FROM alert WHERE incident IN (SELECT id FROM goner);
        INSERT OR IGNORE INTO goner SELECT id FROM alert WHERE incident IS NULL AND mergedInto IS NULL
          AND end < \(before) AND updated < \(before)
          AND NOT EXISTS (SELECT 1 FROM note WHERE subject = alert.id AND time >= \(before))
          AND NOT EXISTS (SELECT 1 FROM dispatch WHERE dispatch.id = alert.id AND state <> 'sent');
        """)
    // What was merged goes with what it is a part of, over any number of steps: nothing may point to what is gone.
    for table in ["alert", "incident"] {
      repeat {
        try database.execute(
          sql: """
            INSERT INTO goner SELECT id FROM \(table) WHERE mergedInto IN (SELECT id FROM goner)
            AND id NOT IN (SELECT id FROM goner)
            """)
      } while database.changesCount > 0
    }
    let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM alert WHERE id IN (SELECT id FROM goner)") ?? 0
    try database.execute(
      sql: """
        DELETE FROM note WHERE subject IN (SELECT id FROM goner);
        DELETE FROM dispatch WHERE id IN (SELECT id FROM goner);
        DELETE FROM alert WHERE id IN (SELECT id FROM goner);
        DELETE FROM incident WHERE id IN (SELECT id FROM goner);
        DELETE FROM suppression WHERE expires < \(before)
          AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.suppression = suppression.id);
        DROP TABLE goner;
        """)
    return count
  }

  // MARK: Counts

  func counts() throws -> AlertCounts {
    var counts = AlertCounts()
    func bySeverity(_ sql: String) throws -> [Severity: Int] {
      var found: [Severity: Int] = [:]
      for row in try database.rows(sql) {
        let severity: Int = row[0]
        if let severity = Severity(rawValue: severity) { found[severity] = row[1] }
      }
      return found
    }
    counts.openIncidents = try bySeverity(
      "SELECT severity, count(*) FROM incident WHERE mergedInto IS NULL AND state <> 'closed' GROUP BY severity")
    counts.openAlerts = try bySeverity(
      """
      SELECT severity, count(*) FROM alert WHERE mergedInto IS NULL AND suppression IS NULL AND state <> 'closed'
      GROUP BY severity
      """)
    for row in try database.rows(
      "SELECT destination, state, count(*) FROM dispatch WHERE state <> 'sent' GROUP BY 1, 2")
    {
      let destination: String = row[0]
      let state: String = row[1]
      let count: Int = row[2]
      if state == DispatchState.dead.rawValue {
        counts.dead[destination] = count
      } else {
        counts.waiting[destination] = count
      }
    }
    return counts
  }
}
