package import Events
package import Findings

/// Events, kept safely and found again.
///
/// Every implementation keeps these promises:
/// - An event whose `append` has returned survives a crash of the program and of the machine, and is there once.
/// - A search gives what evaluating the query on every event would give, or says what it could not read.
/// - Positions ascend in the order in which events were stored, and are never given twice.
package protocol EventStore: Sendable {
  /// Stores the events that are not stored yet. Once it returns they are durable, and may be acknowledged.
  ///
  /// Calls may run concurrently; those that wait for the disk together share one write.
  ///
  /// - Throws: `BartizanError` of code `storeFull` where there is no room (nothing of these deliveries is stored; try
  ///   again later), and of code `remote` for any other failure of the disk.
  func append(_ deliveries: [EventDelivery]) async throws(BartizanError) -> AppendReceipt

  /// The next events that match, in the order of their time.
  func search(_ search: EventSearch) async throws(BartizanError) -> EventPage

  /// Counts and measures the events that match.
  func statistics(_ request: StatisticsRequest, of selection: EventSelection) async throws(BartizanError)
    -> EventStatistics

  /// The events that were stored after a position, in the order in which they were stored. Detection follows the store
  /// by this.
  ///
  /// - Parameters:
  ///   - position: `.start` for all.
  ///   - limit: maximum number of events; fewer mean that there are no more.
  func events(after position: EventPosition, limit: Int) async throws(BartizanError) -> EventPage

  /// One event; nil where there is none at the position, or no longer.
  func event(at position: EventPosition) async throws(BartizanError) -> StoredEvent?

  /// What is stored, and how much room it takes.
  func status() async throws(BartizanError) -> EventStoreStatus

  /// Reads everything, and reports what is damaged.
  func verify() async throws(BartizanError) -> EventStoreVerification

  /// Deletes what the rules do not keep.
  ///
  /// - Parameter isTrial: only says what would be deleted.
  func prune(_ rules: RetentionRules, isTrial: Bool) async throws(BartizanError) -> PruneReport

  /// Packs what was received recently, as the store does by itself from time to time.
  func seal() async throws(BartizanError)

  /// Ends the store in order. Later calls fail.
  func close() async throws(BartizanError)
}

extension BartizanError.Code {
  /// No room on the disk.
  package static let storeFull = BartizanError.Code(rawValue: "store-full")
  /// Another process writes to the store.
  package static let storeLocked = BartizanError.Code(rawValue: "store-locked")
}
