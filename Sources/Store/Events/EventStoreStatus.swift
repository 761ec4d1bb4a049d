package import Bytes
package import Events
package import Findings

/// What a store holds.
package struct EventStoreStatus: Sendable {
  /// The events that were received on one day.
  package struct Day: Sendable {
    /// In UTC.
    package let day: CalendarDate
    package let events: Int
    package let blocks: Int
    /// Of the originals.
    package let rawBytes: Int
    /// On the disk.
    package let storedBytes: Int
  }

  /// The events of one source.
  package struct Source: Sendable {
    package let dataset: Dataset
    package let events: Int
    package let rawBytes: Int
  }

  /// By day.
  package let days: [Day]
  /// By name.
  package let sources: [Source]
  /// Events that are durable and not packed yet.
  package let pendingEvents: Int
  package let last: EventPosition
  package let problems: [Problem]

  package var events: Int { days.reduce(0) { $0 + $1.events } }
  package var blocks: Int { days.reduce(0) { $0 + $1.blocks } }
  package var rawBytes: Int { days.reduce(0) { $0 + $1.rawBytes } }
  package var storedBytes: Int { days.reduce(0) { $0 + $1.storedBytes } }
}

/// What reading everything has shown.
package struct EventStoreVerification: Sendable {
  package let files: Int
  package let blocks: Int
  package let events: Int
  /// Damaged files and blocks, by name.
  package let problems: [Problem]
}

/// What is kept, and for how long. A rule that is not given deletes nothing.
package struct RetentionRules: Sendable, Hashable {
  /// Maximum age by time of receipt, in nanoseconds.
  package var age: Int64?
  /// Maximum size of the store in bytes. The oldest days go first; the current day always stays.
  package var size: Int?
  /// Maximum age of single sources, which takes the place of `age` for them.
  package var sources: [Dataset: Int64] = [:]
  /// The time from which ages count back.
  package var now: Timestamp

  package init(now: Timestamp) { self.now = now }
}

/// What was deleted, or would be.
package struct PruneReport: Sendable {
  /// Something that was deleted, and why.
  package struct Item: Sendable, Hashable {
    /// The rule that something fell under.
    package enum Reason: String, Sendable {
      case age
      case size
      case source
    }

    package let day: CalendarDate
    /// Nil for a whole day.
    package let dataset: Dataset?
    package let events: Int
    package let bytes: Int
    package let reason: Reason
  }

  package let items: [Item]
  /// Of the store afterwards, in bytes.
  package let remaining: Int
}
