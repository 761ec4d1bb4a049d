import Bytes

/// A field that a question names, resolved once.
package struct FieldReference: Sendable {
  enum Target: Sendable {
    case column(Column)
    case field(FieldID)
    case path
  }

  package let name: String
  let target: Target
  /// How each mapping reaches it by path: for names that are no fields of the catalogue, and for fields that a mapping
  /// does not give but the original has.
  let path: PathPlan

  package init(_ name: String) {
    self.name = name
    path = PathPlan(name)
    if let field = FieldID(name: name) {
      target = field.column.map { .column($0) } ?? .field(field)
    } else {
      target = .path
    }
  }

  package var field: FieldID? {
    switch target {
    case .column(let column): column.field
    case .field(let field): field
    case .path: nil
    }
  }

  /// Whether the name is one of the catalogue, rather than a path.
  package var isKnown: Bool { field != nil }

  /// All values of an event.
  package func values(_ event: Event) -> [FieldValue] {
    if let field {
      let found = event.values(field)
      if !found.isEmpty { return found }
    }
    var found: [FieldValue] = []
    event.eachValue(at: path) { bytes, range, kind in
      if let value = Event.value(bytes, range, kind) { found.append(value) }
      return found.count < 4096
    }
    return found
  }
}
