package import Bytes

/// The time that logs tell of: what they show no use of is unused in that time, and nothing is known of any other.
package struct LogSpan: Sendable, Hashable {
  /// How many records there were.
  package let records: Int
  /// Times of the first and the last record; nil where none tells its time.
  package let first: Timestamp?
  package let last: Timestamp?

  package init(records: Int, first: Timestamp?, last: Timestamp?) {
    self.records = records
    self.first = first
    self.last = last
  }

  /// - Parameter times: of all records, as RFC 3339 has them; empty for one that tells none.
  package init(_ times: some Sequence<String>) {
    var count = 0
    var range: (first: Timestamp, last: Timestamp)?
    for text in times {
      count += 1
      guard let time = Timestamp(text) else { continue }
      range = range.map { (first: min($0.first, time), last: max($0.last, time)) } ?? (first: time, last: time)
    }
    self.init(records: count, first: range?.first, last: range?.last)
  }

  /// `40 records from 2026-11-01T10:00:00Z to 2026-11-01T10:00:05Z`.
  package var text: String {
    let count = "\(records) record\(records == 1 ? "" : "s")"
    guard let first, let last else { return "\(count), which do not tell when" }
    return "\(count) from \(first.text) to \(last.text)"
  }
}
