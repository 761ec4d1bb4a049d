package import Events

/// Events that arrived together: a request, a chunk of a stream, a piece of a file.
///
/// What is known from outside the records, such as the sender and the protocol, is in the envelope that they were
/// decoded with (`bartizan.sender`, `bartizan.protocol`), and the time of receipt in `DecodeOptions.receivedAt`, so both
/// are stored with every event and can be searched.
package struct EventDelivery: Sendable {
  /// By what the protocol knows a repetition of the same delivery.
  package enum Key: Sendable, Hashable {
    /// Nothing but what the records contain (`Event.deliveryKey`). Events without such an id are stored as often as they
    /// are delivered.
    case none
    /// All events have one id, such as that of a chunk, and are told apart by their place in the delivery.
    case whole(String)
    /// The ids of the events in order; nil for an event without one.
    case each([String?])
  }

  package let events: EventBatch
  package let key: Key

  /// - Parameter events: decoded with `DecodeOptions.receivedAt` set.
  package init(_ events: EventBatch, key: Key = .none) {
    self.events = events
    self.key = key
  }
}

/// What became of a call of `append`.
package struct AppendReceipt: Sendable, Hashable {
  /// What became of one delivery.
  package struct Delivery: Sendable, Hashable {
    /// Number of events that were stored.
    package var stored = 0
    /// Places in the delivery of events that had been stored before.
    package var repeated: [Int] = []
  }

  /// In the order of the deliveries.
  package let deliveries: [Delivery]
  /// The position of the last event that is stored.
  package let last: EventPosition

  package var stored: Int { deliveries.reduce(0) { $0 + $1.stored } }
  package var repeated: Int { deliveries.reduce(0) { $0 + $1.repeated.count } }
}

/// The place of an event in the order in which events were stored.
package struct EventPosition: Sendable, Hashable, Comparable {
  package let number: Int64

  package init(_ number: Int64) { self.number = number }

  /// Before the first event.
  package static let start = EventPosition(0)

  package static func < (a: EventPosition, b: EventPosition) -> Bool { a.number < b.number }
}

/// An event of the store.
package struct StoredEvent: Sendable {
  package let event: Event
  package let position: EventPosition

  package init(_ event: Event, at position: EventPosition) {
    self.event = event
    self.position = position
  }
}
