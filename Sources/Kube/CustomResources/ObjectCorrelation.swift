package import Bytes

/// A value of a new object beside the one of the old object that it stands for, to tell what did not change.
///
/// Source: k8s.io/apiserver `pkg/cel/common/equality.go`.
package final class ObjectCorrelation {
  package let value: DocumentNode
  package let old: DocumentNode
  private let schema: StructuralSchema?

  package init(_ value: DocumentNode, _ old: DocumentNode, _ schema: StructuralSchema?) {
    self.value = value
    self.old = old
    self.schema = schema
  }

  package lazy var isUnchanged: Bool = {
    switch (value.content, old.content) {
    case (.array(let items), .array(let before)):
      guard items.count == before.count else { return false }
      guard isMapList else { return items == before }
      return items.indices.allSatisfy { index($0)?.isUnchanged ?? false }
    case (.object(let mapping), .object(let before)):
      // A field that no schema describes counts as changed.
      return mapping.entries.count == before.entries.count
        && mapping.entries.allSatisfy { key($0.key)?.isUnchanged ?? false }
    default: return value == old
    }
  }()

  private var isMapList: Bool {
    guard let schema else { return false }
    return schema.listType == "map" && !schema.listMapKeys.isEmpty
  }

  /// - Returns: nil where nothing old stands for it.
  package func key(_ name: String) -> ObjectCorrelation? {
    guard let schema, let own = value.mapping?[name], let before = old.mapping?[name] else { return nil }
    return ObjectCorrelation(own, before, schema.field(name))
  }

  /// - Returns: nil where nothing old stands for it; only elements of lists with keys stand for one another.
  package func index(_ index: Int) -> ObjectCorrelation? {
    guard isMapList, let schema, let items = value.array, items.indices.contains(index), let before = old.array,
      let inner = schema.items
    else { return nil }
    let match = before.first { candidate in
      schema.listMapKeys.allSatisfy { key in candidate.mapping?[key] == items[index].mapping?[key] }
    }
    return match.map { ObjectCorrelation(items[index], $0, inner) }
  }
}
