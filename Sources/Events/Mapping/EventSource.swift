/// The sources that are understood, for listing them.
package struct EventSource: Sendable {
  package let dataset: Dataset
  /// "Kubernetes audit log".
  package let title: String
  /// Fields that records of it may set.
  package let fields: Set<FieldID>
  /// Path prefixes under which the record's own fields are reached.
  package let prefixes: [String]
  /// Whether the source takes what no other does.
  package let isGeneric: Bool
}

package enum EventSources {
  /// In the order in which records are tried.
  package static let all: [EventSource] = MappingCatalogue.all.map { mapping in
    EventSource(
      dataset: mapping.dataset, title: mapping.title, fields: mapping.fields,
      prefixes: mapping.aliases.map(\.prefix).filter { !$0.isEmpty }, isGeneric: mapping.isGeneric)
  }
}
