package import Events

/// Where events go. Whoever has one stores them; nothing here knows how.
package protocol IngestSink: Sendable {
  /// - Returns: places of events that had been taken before, once all are durable.
  func take(_ delivery: EventDelivery) async throws(IngestFailure) -> Set<Int>
}

/// Why events were not taken. The sender is to try again later.
package enum IngestFailure: Error, Sendable, Hashable {
  /// There is no room, or too much is being written.
  case busy
  /// Storing failed.
  case failed
}
