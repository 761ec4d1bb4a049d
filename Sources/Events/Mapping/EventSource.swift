/// A source of events that is understood, described for people.
package struct EventSource: Sendable {
  package let dataset: Dataset
  /// A title such as "Kubernetes audit log".
  package let title: String
  /// Fields that records of it may set.
  package let fields: Set<FieldID>
  /// Path prefixes of the record's own fields in queries.
  package let prefixes: [String]
  /// Whether the source accepts whatever no other does.
  package let isGeneric: Bool
}

/// All mappings of the catalogue, described for people.
package enum EventSources {
  /// In the order in which records are tried.
  package static let all: [EventSource] = MappingCatalogue.all.map { mapping in
    EventSource(
      dataset: mapping.dataset, title: mapping.title, fields: mapping.fields,
      prefixes: mapping.aliases.map(\.prefix).filter { !$0.isEmpty }, isGeneric: mapping.isGeneric)
  }
}
