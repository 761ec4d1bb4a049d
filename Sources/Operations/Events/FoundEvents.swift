package import Events
import Findings
package import Store

/// An event that a question found.
package struct FoundEvent: Sendable {
  /// How the event is named when it is asked for again.
  package enum ID: Sendable, Hashable {
    /// Line of the file on which it begins.
    case line(Int, file: String)
    /// Of a store.
    case position(EventPosition)
  }

  package let id: ID
  package let event: Event

  package init(id: ID, event: Event) {
    self.id = id
    self.event = event
  }
}

/// One page of the events that a question finds, in the order that was asked for.
package struct FoundPage: Sendable {
  package let events: [FoundEvent]
  /// Where the next page begins; nil where there is none.
  package let next: EventCursor?
  package let reading: EventReading

  package init(events: [FoundEvent], next: EventCursor?, reading: EventReading) {
    self.events = events
    self.next = next
    self.reading = reading
  }
}

/// The events that a question found, in the order of their time.
package struct FoundEvents: Sendable {
  package internal(set) var events: [FoundEvent] = []
  /// Number of all events that match; nil where there are more than are wanted, and a store did not count them.
  package internal(set) var matches: Int?
  /// Number of events without a time, which no range of time contains.
  package internal(set) var timeless = 0
  package internal(set) var reading = EventReading()
}

/// Counts and measures, and what they rest on.
package struct CountedEvents: Sendable {
  package internal(set) var statistics: StatisticsResult
  package internal(set) var timeless = 0
  package internal(set) var reading = EventReading()
}

/// Fields of events, and what that rests on.
package struct CountedFields: Sendable {
  package internal(set) var census: FieldSummary
  package internal(set) var timeless = 0
  package internal(set) var reading = EventReading()
}

/// The fields of each source, and what that rests on.
package struct CoveredSources: Sendable {
  package internal(set) var coverage: FieldCoverage
  package internal(set) var reading = EventReading()
}
