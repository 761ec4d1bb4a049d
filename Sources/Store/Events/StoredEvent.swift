package import Events

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
