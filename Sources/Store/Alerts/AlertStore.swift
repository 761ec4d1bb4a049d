package import Bytes
package import Detect
package import Findings

/// How far detection has come in a store of events.
package struct DetectionProgress: Sendable, Hashable {
  /// Everything up to it was looked at, and what was found is kept.
  package let position: EventPosition
  /// Where to begin again so that patterns over several events are complete.
  package let resume: EventPosition
}

/// What a stretch of detection found.
package struct DetectionStep: Sendable {
  package var changes: [AlertBook.Change]
  /// The last event that was looked at; nil where no store is followed.
  package var position: EventPosition?
  /// Addresses from which many accounts come.
  package var sharedAddresses: Set<String>
  /// Who is to be told.
  package var targets: [DispatchTarget]

  package init(
    changes: [AlertBook.Change], position: EventPosition? = nil, sharedAddresses: Set<String> = [],
    targets: [DispatchTarget] = []
  ) {
    self.changes = changes
    self.position = position
    self.sharedAddresses = sharedAddresses
    self.targets = targets
  }
}

/// What became of a stretch of detection.
package struct DetectionReceipt: Sendable {
  /// Alerts that had not been kept before, without those that are suppressed.
  package var new: [Alert] = []
  package var grown = 0
  package var suppressed = 0
  /// Incidents that are new, and those that have grown.
  package var openedIncidents: [String] = []
  package var grownIncidents: [String] = []
}

/// How many there are, for metrics.
package struct AlertCounts: Sendable {
  /// Open incidents, and alerts, by severity.
  package var openIncidents: [Severity: Int] = [:]
  package var openAlerts: [Severity: Int] = [:]
  /// By destination.
  package var waiting: [String: Int] = [:]
  package var dead: [String: Int] = [:]
}

/// Alerts and incidents, what people made of them, and what of them is still to be sent.
///
/// Every implementation keeps these promises:
/// - What `keep` was given is there once, whole, together with how far detection has come, or not at all.
/// - What is to be sent is there as long as nobody said that it was taken.
/// - Several processes may work on it at a time.
package protocol AlertStore: Sendable {
  /// Keeps what was found. An alert that is known, or continues one of the same rule, actor and address, changes that one.
  func keep(_ step: DetectionStep) async throws(BartizanError) -> DetectionReceipt

  /// - Parameter memory: how long an event may matter to what comes, in nanoseconds.
  /// - Returns: nil where no detection has followed the store yet.
  func progress(memory: Int64) async throws(BartizanError) -> DetectionProgress?

  /// Begins to follow after a position.
  func begin(after position: EventPosition) async throws(BartizanError)

  /// The latest first.
  func alerts(_ filter: AlertFilter) async throws(BartizanError) -> (alerts: [KeptAlert], next: AlertCursor?)
  func incidents(_ filter: AlertFilter) async throws(BartizanError) -> (incidents: [KeptIncident], next: AlertCursor?)

  /// Nil where there is none. A part of another incident is answered with that.
  func alert(_ id: String) async throws(BartizanError) -> KeptAlert?
  func incident(_ id: String) async throws(BartizanError) -> KeptIncident?

  /// Notes what somebody wants to make of alerts or incidents: all of them, or none where one does not exist.
  ///
  /// - Throws: `input` that names the id that is unknown.
  func change(
    alerts: [String], incidents: [String], _ change: Triage.Change, by author: String, comment: String?
  ) async throws(BartizanError)

  func suppress(_ suppression: Suppression) async throws(BartizanError)
  /// - Parameter includesPast: whether those that no longer hold are among them.
  func suppressions(includesPast: Bool) async throws(BartizanError) -> [Suppression]
  /// Ends a suppression now.
  ///
  /// - Throws: `input` where there is none.
  func lift(_ id: String) async throws(BartizanError)

  /// What is due for a receiver, the oldest first.
  func due(_ destination: String, limit: Int) async throws(BartizanError) -> [Dispatch]
  /// - Parameter quiet: nanoseconds for which what comes of an incident now is kept back, to be told together.
  func taken(_ dispatches: [Dispatch], by destination: String, quiet: Int64) async throws(BartizanError)
  /// - Parameters:
  ///   - retry: when to try again; nil to give them up.
  func failed(
    _ dispatches: [Dispatch], for destination: String, reason: String, retry: Timestamp?
  ) async throws(BartizanError)
  /// Incidents that are not closed and in which something happened since a time, for receivers that forget.
  func open(since: Timestamp, limit: Int) async throws(BartizanError) -> [Dispatch]
  /// - Parameter destination: nil for all.
  func dispatches(_ destination: String?, limit: Int) async throws(BartizanError) -> [DispatchRecord]
  /// Has what was given up sent again.
  ///
  /// - Returns: how many those are.
  func redeliver(_ destination: String?) async throws(BartizanError) -> Int

  /// The last event that a destination of events took; nil where none was ever sent to it.
  func feed(_ destination: String) async throws(BartizanError) -> EventPosition?
  func feed(_ destination: String, took position: EventPosition) async throws(BartizanError)

  /// Deletes alerts and incidents in which nothing happened since a time, whatever their state, and suppressions that ended before
  /// it. What is still to be sent stays.
  ///
  /// - Returns: how many alerts those are.
  func prune(before time: Timestamp) async throws(BartizanError) -> Int

  func counts() async throws(BartizanError) -> AlertCounts
  func close() throws(BartizanError)
}
