package import Bytes

/// What a schema (OpenAPI v2 or v3, a CustomResourceDefinition's) says of a value: its type to the checker, and how a
/// document is read by it (`format: date-time` gives timestamps, `byte` gives bytes, names are escaped).
package final class SchemaType: Sendable {
  enum Shape: Sendable {
    case dynamic
    case intOrString
    case bool
    case int
    case double
    case string
    case bytes
    case duration
    case date
    case dateTime
    case list(SchemaType, ListKind)
    case map(SchemaType)
    /// Fields by their names in documents.
    case object([String: SchemaType])
    /// An object of which nothing is known.
    case open
  }

  /// `x-kubernetes-list-type`: what makes two lists equal, and what adding them means.
  enum ListKind: Sendable, Equatable {
    case atomic
    case set
    /// Of objects with these key fields.
    case map([String])
  }

  let shape: Shape
  /// To the checker.
  package let type: CELType
  /// Most elements, entries or bytes that a value may have, for estimates of cost.
  let mostElements: Int64
  /// Fewest bytes of a value as JSON.
  let leastBytes: Int64
  let isNullable: Bool

  init(
    _ shape: Shape, _ type: CELType, mostElements: Int64 = SchemaType.unbounded, leastBytes: Int64,
    isNullable: Bool = false
  ) {
    self.shape = shape
    self.type = type
    self.mostElements = mostElements
    self.leastBytes = leastBytes
    self.isNullable = isNullable
  }

  /// The largest request that the API server takes.
  static let requestBytes: Int64 = 3 * 1024 * 1024
  static let unbounded: Int64 = .max

  // MARK: What the checker asks

  /// Message types by name, this one's and those below.
  func collectMessages(into messages: inout [String: SchemaType]) {
    switch shape {
    case .object(let fields):
      if case .object(let name) = type {
        guard messages[name] == nil else { return }
        messages[name] = self
      }
      for field in fields.values { field.collectMessages(into: &messages) }
    case .list(let element, _): element.collectMessages(into: &messages)
    case .map(let value): value.collectMessages(into: &messages)
    default: break
    }
  }

  /// The type of a field by its name in expressions.
  func fieldType(_ name: String, recognisesKeywords: Bool) -> CELType? {
    guard case .object(let fields) = shape else { return nil }
    if let plain = FieldName.unescaped(name), let field = fields[plain], FieldName.escaped(plain) == name {
      return field.type
    }
    if recognisesKeywords, FieldName.keywords.contains(name), let field = fields[name] { return field.type }
    return nil
  }

  // MARK: What evaluation asks

  var element: SchemaType? { if case .list(let element, _) = shape { element } else { nil } }

  private func field(_ name: String) -> SchemaType? {
    switch shape {
    case .object(let fields): fields[name]
    case .map(let value): value
    default: nil
    }
  }

  func visibleCount(of mapping: Mapping) -> Int { mapping.entries.count }

  func entries(of mapping: Mapping) -> [(key: CELValue, value: CELValue)] {
    mapping.entries.compactMap { entry in
      guard let schema = field(entry.key) else { return nil }
      guard case .object = shape else { return (.string(entry.key), CELValue(entry.value, schema)) }
      return (.string(FieldName.escaped(entry.key) ?? entry.key), CELValue(entry.value, schema))
    }
  }

  /// The value under a key by its name in expressions.
  func value(_ name: String, of mapping: Mapping) -> CELValue? {
    guard case .object = shape else {
      guard let node = mapping.exactly(name), let schema = field(name) else { return nil }
      return CELValue(node, schema)
    }
    guard let plain = FieldName.unescaped(name), let node = mapping.exactly(plain), !node.isNull,
      let schema = field(plain)
    else { return nil }
    return CELValue(node, schema)
  }
}

extension CELValue {
  /// A document as an expression sees it by its schema, as in the rules of a CustomResourceDefinition. What does not fit
  /// the schema is seen as it is: the API server refuses it before it evaluates rules.
  package init(_ node: DocumentNode, _ schema: SchemaType) {
    switch (schema.shape, node.content) {
    case (.list, .array(let nodes)): self = .list(.typed(nodes, schema))
    case (.map, .object(let mapping)), (.object, .object(let mapping)), (.open, .object(let mapping)):
      self = .map(.typed(mapping, schema))
    case (.double, .int(let value)): self = .double(Double(value))
    case (.bytes, .string(let text)): self = Base64.decode(exactly: text).map { .bytes($0) } ?? .string(text)
    case (.duration, .string(let text)): self = OpenAPIFormat.duration(text).map { .duration($0) } ?? .string(text)
    case (.date, .string(let text)): self = OpenAPIFormat.date(text).map { .timestamp($0) } ?? .string(text)
    case (.dateTime, .string(let text)): self = OpenAPIFormat.dateTime(text).map { .timestamp($0) } ?? .string(text)
    default: self = CELValue(node)
    }
  }
}
