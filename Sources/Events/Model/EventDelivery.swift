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
