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

extension Dataset {
  /// All that an event can be of.
  package static let known: [Dataset] = {
    var known: [Dataset] = []
    let others: [Dataset] = [.json, .text, .logfmt, .csv, .unparsed]
    for dataset in MappingCatalogue.all.map(\.dataset) + others where !known.contains(dataset) { known.append(dataset) }
    return known
  }()
}
