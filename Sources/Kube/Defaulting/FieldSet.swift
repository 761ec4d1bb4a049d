import Bytes

/// The fields of one structure while defaults are added to it.
struct FieldSet {
  let type: APIType
  /// As the type lists them; nil or null for what is missing.
  var values: [DocumentNode?]
  private let line: UInt32
  private let column: UInt32
  private let places: [(line: UInt32, column: UInt32)?]

  init(_ type: APIType, _ node: DocumentNode?) {
    self.type = type
    line = node?.line ?? 0
    column = node?.column ?? 0
    let mapping = node?.mapping
    var values: [DocumentNode?] = []
    var places: [(line: UInt32, column: UInt32)?] = []
    values.reserveCapacity(type.fields.count)
    places.reserveCapacity(type.fields.count)
    for field in type.fields {
      let entry = mapping?.entry(field.name)
      values.append(entry?.value)
      places.append(entry.map { ($0.line, $0.column) })
    }
    self.values = values
    self.places = places
  }

  /// The value of a field; nil for null. Setting a field that the type does not have does nothing.
  subscript(name: String) -> DocumentNode? {
    get {
      guard let index = type.fields.firstIndex(where: { $0.name == name }), let value = values[index], !value.isNull
      else { return nil }
      return value
    }
    set {
      if let index = type.fields.firstIndex(where: { $0.name == name }) { values[index] = newValue }
    }
  }

  func string(_ name: String) -> String { self[name]?.string ?? "" }

  func isEmpty(_ name: String) -> Bool {
    type.fields.firstIndex { $0.name == name }.map { isEmpty(at: $0) } ?? true
  }

  private func isEmpty(at index: Int) -> Bool {
    guard let value = values[index], !value.isNull else { return true }
    switch type.fields[index].shape {
    case .optional, .object: return false
    default: return ObjectDecoder.isZero(value)
    }
  }

  mutating func addDefaults() {
    for index in type.fields.indices {
      if let fallback = type.fields[index].fallback, isEmpty(at: index) { values[index] = fallback }
    }
    guard let defaults = type.defaults else { return }
    for (name, value) in defaults.values {
      if let index = type.fields.firstIndex(where: { $0.name == name }), isEmpty(at: index) { values[index] = value }
    }
    defaults.begin?(&self)
  }

  /// The structure with the fields that are there.
  var node: DocumentNode {
    var entries: [Mapping.Entry] = []
    entries.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let value else { continue }
      let place = places[index]
      entries.append(
        Mapping.Entry(
          key: type.fields[index].name, line: place?.line ?? 0, column: place?.column ?? 0, value: value))
    }
    return DocumentNode(.object(Mapping(entries)), line: line, column: column)
  }
}
