package import Bytes
import Detect
package import Findings
import GRDB
import Glibc

/// Alerts in an SQLite file beside the days of events.
package struct SQLiteAlertStore: AlertStore {
  private let queue: DatabaseQueue
  private let path: String
  private let now: @Sendable () -> Timestamp
  private let cache = AlertCache()
  private let neighbourhood = AlertNeighbourhood()

  private static let name = "alerts.sqlite"
  /// What the file is opened for.
  package enum Mode: Sendable {
    /// It has to be there.
    case existing
    /// It is made where it is not.
    case making
  }

  /// - Parameters:
  ///   - folder: of the store of events.
  ///   - now: the clock.
  /// - Throws: `input` where there is none, or it cannot be read.
  package init(_ folder: String, mode: Mode, now: @escaping @Sendable () -> Timestamp) throws(BartizanError) {
    let folder = EventFolder(folder)
    path = folder.path + "/" + Self.name
    self.now = now
    if mode == .making {
      try folder.create()
    } else if !EventFolder.exists(path) {
      throw BartizanError(
        .input, "\(folder.path): no alerts are kept here; `bartizan serve` and `bartizan detect --keep` keep them")
    }
    // SQLite gives its journals the permissions of the file.
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw EventFolder.failure(path) }
    Glibc.close(descriptor)
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      // Every commit is on the disk when it returns.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try AlertSchema.migrator.migrate(queue)
    } catch {
      throw EventFolder.error(error, path)
    }
  }

  private func write<T: Sendable>(
    _ work: @escaping @Sendable (AlertTables) throws -> T
  ) async throws(BartizanError) -> T {
    let moment = now()
    let cache = cache
    do { return try await queue.write { try work(AlertTables($0, cache, now: moment)) } } catch {
      throw EventFolder.error(error, path)
    }
  }

  private func read<T: Sendable>(
    _ work: @escaping @Sendable (AlertTables) throws -> T
  ) async throws(BartizanError) -> T {
    let moment = now()
    let cache = cache
    do { return try await queue.read { try work(AlertTables($0, cache, now: moment)) } } catch {
      throw EventFolder.error(error, path)
    }
  }

  package func close() throws(BartizanError) {
    do { try queue.close() } catch { throw EventFolder.error(error, path) }
  }

  // MARK: Keeping

  package func keep(_ step: DetectionStep) async throws(BartizanError) -> DetectionReceipt {
    let neighbourhood = neighbourhood
    do throws(BartizanError) {
      return try await write { tables in
        var keeping = try AlertKeeping(tables, neighbourhood, step)
        try keeping.run()
        if let position = step.position { try tables.setProgress(position) }
        return keeping.receipt
      }
    } catch {
      // What could not be kept is not known either.
      neighbourhood.forget()
      throw error
    }
  }

  package func progress(memory: Int64) async throws(BartizanError) -> DetectionProgress? {
    try await read { try $0.progress(memory: memory) }
  }

  package func begin(after position: EventPosition) async throws(BartizanError) {
    try await write { try $0.setProgress(position) }
  }

  // MARK: Questions

  package func alerts(_ filter: AlertFilter) async throws(BartizanError) -> (alerts: [KeptAlert], next: AlertCursor?) {
    let found = try await read { try $0.alerts(filter) }
    return Self.page(found, filter.limit) { AlertCursor(start: $0.alert.start, id: $0.alert.id) }
  }

  package func incidents(
    _ filter: AlertFilter
  ) async throws(BartizanError) -> (incidents: [KeptIncident], next: AlertCursor?) {
    let found = try await read { try $0.incidents(filter) }
    let page = Self.page(found, filter.limit) { AlertCursor(start: $0.start, id: $0.id) }
    return (page.0, page.1)
  }

  /// One more than the limit tells whether there is another page.
  private static func page<T>(_ found: [T], _ limit: Int, _ place: (T) -> AlertCursor) -> ([T], AlertCursor?) {
    guard found.count > limit else { return (found, nil) }
    let shown = Array(found.prefix(limit))
    return (shown, shown.last.map(place))
  }

  package func alert(_ id: String) async throws(BartizanError) -> KeptAlert? {
    try await read { tables in
      guard var kept = try tables.alert(id) else { return nil }
      kept.notes = try tables.notes([kept.alert.id])
      return kept
    }
  }

  package func incident(_ id: String) async throws(BartizanError) -> KeptIncident? {
    try await read { tables in
      guard var kept = try tables.incident(id) else { return nil }
      let alerts = try tables.alerts(of: kept.id)
      guard !alerts.isEmpty else { return kept }
      var incident = Incident(of: alerts.map(\.alert))
      incident.id = kept.id
      kept.whole = KeptIncident.Whole(incident: incident, alerts: alerts, notes: try tables.notes([kept.id]))
      return kept
    }
  }

  // MARK: Triage

  package func change(
    alerts: [String], incidents: [String], _ change: Triage.Change, by author: String, comment: String?
  ) async throws(BartizanError) {
    try await write { tables in
      for id in alerts {
        guard let kept = try tables.alert(id) else { throw BartizanError(.input, "\(id): no alert of this id is kept") }
        try tables.setTriage(kept.triage.changed(by: change), ofAlert: kept.alert.id)
        try tables.note(kept.alert.id, change, author, comment)
      }
      for id in incidents {
        guard let kept = try tables.incident(id) else {
          throw BartizanError(.input, "\(id): no incident of this id is kept")
        }
        try tables.setTriage(kept.triage.changed(by: change), ofIncident: kept.id)
        try tables.note(kept.id, change, author, comment)
        // Receivers that were told of it hear that it is over, or is not.
        switch change {
        case .close(let reason):
          try tables.setState(.closed, reason, ofAlertsOf: kept.id)
          try tables.dispatchAgain(incident: kept.id)
        case .reopen:
          try tables.setState(.new, nil, ofAlertsOf: kept.id)
          try tables.dispatchAgain(incident: kept.id)
        case .acknowledge, .assign, .comment: break
        }
      }
    }
  }

  package func suppress(_ suppression: Suppression) async throws(BartizanError) {
    try await write { try $0.insert(suppression) }
  }

  package func suppressions(includesPast: Bool) async throws(BartizanError) -> [Suppression] {
    try await read { try $0.suppressions(includesPast: includesPast) }
  }

  package func lift(_ id: String) async throws(BartizanError) {
    try await write { tables in
      guard try tables.expire(id) else { throw BartizanError(.input, "\(id): no suppression of this id holds") }
    }
  }

  // MARK: Sending

  package func due(_ destination: String, limit: Int) async throws(BartizanError) -> [Dispatch] {
    try await read { try $0.due(destination, limit: limit) }
  }

  package func taken(
    _ dispatches: [Dispatch], by destination: String, quiet: Int64
  ) async throws(BartizanError) {
    try await write { tables in
      for dispatch in dispatches { try tables.taken(dispatch, by: destination, quiet: quiet) }
    }
  }

  package func failed(
    _ dispatches: [Dispatch], for destination: String, reason: String, retry: Timestamp?
  ) async throws(BartizanError) {
    try await write { tables in
      for dispatch in dispatches { try tables.failed(dispatch, for: destination, reason: reason, retry: retry) }
    }
  }

  package func open(since: Timestamp, limit: Int) async throws(BartizanError) -> [Dispatch] {
    try await read { try $0.open(since: since, limit: limit) }
  }

  package func dispatches(_ destination: String?, limit: Int) async throws(BartizanError) -> [DispatchRecord] {
    try await read { try $0.dispatches(destination, limit: limit) }
  }

  package func redeliver(_ destination: String?) async throws(BartizanError) -> Int {
    try await write { try $0.redeliver(destination) }
  }

  package func feed(_ destination: String) async throws(BartizanError) -> EventPosition? {
    try await read { try $0.feed(destination) }
  }

  package func feed(_ destination: String, took position: EventPosition) async throws(BartizanError) {
    try await write { try $0.setFeed(destination, position) }
  }

  package func prune(before time: Timestamp) async throws(BartizanError) -> Int {
    let neighbourhood = neighbourhood
    return try await write { tables in
      neighbourhood.forget()
      return try tables.prune(before: time)
    }
  }

  package func counts() async throws(BartizanError) -> AlertCounts { try await read { try $0.counts() } }
}
