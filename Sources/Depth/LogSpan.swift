package import Bytes

/// The time that logs tell of: what they show no use of is unused in that time, and nothing is known of any other.
package struct LogSpan: Sendable, Hashable {
  /// How many records there were.
  package private(set) var records = 0
  /// Times of the first and the last record; nil where none tells its time.
  package private(set) var first: Timestamp?
  package private(set) var last: Timestamp?

  /// Of no record.
  package init() {}

  /// - Parameter times: of all records, as RFC 3339 has them; empty for one that tells none.
  package init(_ times: some Sequence<String>) {
    for text in times { add(Timestamp(text)) }
  }

  /// Counts a record.
  package mutating func add(_ time: Timestamp?) {
    records += 1
    guard let time else { return }
    first = first.map { min($0, time) } ?? time
    last = last.map { max($0, time) } ?? time
  }

  /// `40 records from 2026-11-01T10:00:00Z to 2026-11-01T10:00:05Z`.
  package var text: String {
    let count = Phrase.count(records, "record")
    guard let first, let last else { return "\(count), which do not tell when" }
    return "\(count) from \(first.text) to \(last.text)"
  }
}
