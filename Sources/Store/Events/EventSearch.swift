package import Bytes
package import Events
package import Findings

/// Which events are meant.
package struct EventSelection: Sendable {
  package let query: CompiledQuery
  /// Compared with the time of the event, or that of its receipt where it has none.
  package let time: TimeRange
  /// Whether the query is asked of events as they are shown, without their secrets. Otherwise whoever may not see a secret
  /// could ask for it letter by letter.
  package let isMasked: Bool

  package init(_ query: CompiledQuery, time: TimeRange = TimeRange(), isMasked: Bool = false) {
    self.query = query
    self.time = time
    self.isMasked = isMasked
  }

  /// The same selection among events without their secrets.
  package var masked: EventSelection { EventSelection(query, time: time, isMasked: true) }

  package func contains(_ event: Event) -> Bool {
    if time.since != nil || time.until != nil {
      guard let moment = event.moment, time.contains(moment) else { return false }
    }
    return isMasked ? query.matchesMasked(event) : query.matches(event)
  }
}

/// A search for a page of events.
package struct EventSearch: Sendable {
  /// The order of a page, and of the pages among each other.
  package enum Order: String, Sendable, CaseIterable {
    case oldestFirst = "oldest-first"
    case newestFirst = "newest-first"
  }

  package let selection: EventSelection
  package let order: Order
  /// Maximum number of events of the page.
  package let limit: Int
  /// Where the previous page ended; nil for the first.
  package let cursor: EventCursor?

  package init(_ selection: EventSelection, order: Order = .newestFirst, limit: Int, after cursor: EventCursor? = nil) {
    self.selection = selection
    self.order = order
    self.limit = max(1, limit)
    self.cursor = cursor
  }
}

/// The place of an event in the order of time, where the next page continues.
package struct EventCursor: Sendable, Hashable, Comparable {
  /// Time of the event, or of its receipt.
  package let moment: Timestamp
  package let position: EventPosition

  package init(moment: Timestamp, position: EventPosition) {
    self.moment = moment
    self.position = position
  }

  package init(_ stored: StoredEvent) {
    self.init(moment: stored.event.moment ?? Timestamp(nanoseconds: .min), position: stored.position)
  }

  /// For clients: opaque, and the same for the same place.
  package var text: String { "\(moment.nanoseconds).\(position.number)" }

  /// - Returns: nil for a text that is no cursor.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let moment = Int64(parts[0]), let position = Int64(parts[1]) else { return nil }
    self.init(moment: Timestamp(nanoseconds: moment), position: EventPosition(position))
  }

  package static func < (a: EventCursor, b: EventCursor) -> Bool {
    (a.moment.nanoseconds, a.position) < (b.moment.nanoseconds, b.position)
  }
}

/// What an answer of the store rests on.
package struct SearchCoverage: Sendable {
  /// Events that were looked at one by one.
  package var examined = 0
  /// Blocks that were read, and blocks that cannot hold a match.
  package var blocksRead = 0
  package var blocksSkipped = 0
  /// What could not be read: damaged blocks and files, by name. The answer is not the whole where there are any.
  package var problems: [Problem] = []

  package init() {}

  package var isWhole: Bool { problems.isEmpty }
}

/// Events in order.
package struct EventPage: Sendable {
  package let events: [StoredEvent]
  /// For the next page; nil where there is none.
  package let next: EventCursor?
  package let coverage: SearchCoverage

  package init(_ events: [StoredEvent], next: EventCursor?, coverage: SearchCoverage) {
    self.events = events
    self.next = next
    self.coverage = coverage
  }
}

/// Counts and measures of events, and what they rest on.
package struct EventStatistics: Sendable {
  package let statistics: Statistics
  package let coverage: SearchCoverage

  package init(_ statistics: Statistics, coverage: SearchCoverage) {
    self.statistics = statistics
    self.coverage = coverage
  }
}
