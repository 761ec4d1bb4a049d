/// Which fields events have, how often, and with which values.
package struct FieldCensus: Sendable {
  /// What was seen of one field.
  private struct Entry: Sendable {
    let field: FieldID
    /// Number of events that have it.
    var events = 0
    var values: [String: Int] = [:]
    /// Whether there were more values than were kept.
    var isCut = false

    /// The most frequent values, with the number of their events.
    func top(_ most: Int) -> [(value: String, count: Int)] {
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
  ///
  /// - Parameter values: number of the most frequent values of a field.
  package func summary(values: Int) -> FieldSummary {
    FieldSummary(
      events: events,
      fields: entries.compactMap { $0 }.map { entry in
        FieldSummary.Field(
          name: entry.field.name, type: entry.field.type.rawValue, events: entry.events, distinct: entry.values.count,
          isCut: entry.isCut, top: entry.top(values))
      })
  }
}

/// What a census came to.
package struct FieldSummary: Sendable {
  /// What was seen of one field.
  package struct Field: Sendable {
    package let name: String
    /// Of its values, as the catalogue names it.
    package let type: String
    /// Number of events that have it.
    package let events: Int
    /// Number of different values that were told apart.
    package let distinct: Int
    /// Whether there were more.
    package let isCut: Bool
    /// The most frequent values, with the number of their events.
    package let top: [(value: String, count: Int)]

    package init(
      name: String, type: String, events: Int, distinct: Int, isCut: Bool, top: [(value: String, count: Int)]
    ) {
      self.name = name
      self.type = type
      self.events = events
      self.distinct = distinct
      self.isCut = isCut
      self.top = top
    }
  }

  package let events: Int
  package let fields: [Field]

  package init(events: Int, fields: [Field]) {
    self.events = events
    self.fields = fields
  }
}
