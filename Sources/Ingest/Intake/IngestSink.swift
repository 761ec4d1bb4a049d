package import Events

/// Events that came together, with what their protocol knows a repetition by.
package struct IngestDelivery: Sendable {
  /// By what a repetition of the same delivery is known.
  package enum Key: Sendable, Hashable {
    /// By nothing but what the records contain.
    case none
    /// The whole delivery has one id.
    case whole(String)
    /// The ids of its events, in order; nil for an event without one.
    case each([String?])
  }

  package let events: EventBatch
  package let key: Key

  package init(_ events: EventBatch, key: Key = .none) {
    self.events = events
    self.key = key
  }
}

/// Where events go. Whoever has one stores them; nothing here knows how.
package protocol IngestSink: Sendable {
  /// - Returns: places of events that had been taken before, once all are durable.
  func take(_ delivery: IngestDelivery) async throws(IngestFailure) -> Set<Int>
}

/// Why events were not taken. The sender is to try again later.
package enum IngestFailure: Error, Sendable, Hashable {
  /// There is no room, or too much is being written.
  case busy
  /// Storing failed.
  case failed
}
