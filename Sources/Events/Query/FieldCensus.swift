/// Which fields events have, how often, and with which values.
package struct FieldCensus: Sendable {
  /// What was seen of one field.
  package struct Entry: Sendable {
    package let field: FieldID
    /// Number of events that have it.
    package fileprivate(set) var events = 0
    fileprivate var values: [String: Int] = [:]
    /// Whether there were more values than were kept.
    package fileprivate(set) var isCut = false

    /// Number of different values that were kept.
    package var distinct: Int { values.count }

    /// The most frequent values, with the number of their events.
    package func top(_ most: Int) -> [(value: String, count: Int)] {
      values.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map { ($0.key, $0.value) }
    }
  }

  /// Maximum number of values per field that are told apart.
  private static let mostValues = 100_000
  /// Longer values are kept by their beginning.
  private static let mostLetters = 256

  package private(set) var events = 0
  private var entries: [Entry?] = [Entry?](repeating: nil, count: FieldID.allCases.count)

  package init() {}

  package mutating func add(_ event: Event) {
    events += 1
    for (field, values) in event.fields() where field != .eventOriginal {
      let place = Int(field.rawValue)
      var entry = entries[place] ?? Entry(field: field)
      entries[place] = nil
      entry.events += 1
      for value in values {
        let text = value.text
        let key = text.utf8.count > Self.mostLetters ? String(text.prefix(Self.mostLetters)) : text
        if entry.values[key] != nil || entry.values.count < Self.mostValues {
          entry.values[key, default: 0] += 1
        } else {
          entry.isCut = true
        }
      }
      entries[place] = entry
    }
  }

  /// The fields that some event has, in the order of the catalogue.
  package var fields: [Entry] { entries.compactMap { $0 } }
}
