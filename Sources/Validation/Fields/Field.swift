import Bytes

/// A place in an object, with the value that stands there. A missing value and null are the same, as for the server.
struct Field: Sendable {
  let path: FieldPath
  /// Nil for a missing value and for null.
  let node: DocumentNode?
  /// Of the field, or of the nearest parent that is there.
  let line: UInt32
  let column: UInt32

  init(root: DocumentNode) { self.init(.root, root, line: root.line, column: root.column) }

  private init(_ path: FieldPath, _ node: DocumentNode?, line: UInt32, column: UInt32) {
    self.path = path
    self.node = node
    self.line = line
    self.column = column
  }

  subscript(name: String) -> Field {
    let entry = node?.mapping?.entry(name)
    return Field(
      .field(path, name), entry.flatMap { $0.value.isNull ? nil : $0.value }, line: entry?.line ?? line,
      column: entry?.column ?? column)
  }

  /// A field below; each name is a step.
  subscript(first: String, second: String, rest: String...) -> Field {
    var field = self[first][second]
    for name in rest { field = field[name] }
    return field
  }

  /// The same value under another path.
  func at(_ path: FieldPath) -> Field { Field(path, node, line: line, column: column) }

  var isPresent: Bool { node != nil }
  var isMissing: Bool { node == nil }
  /// Text; nil for a missing value, so that `""` can be told from it.
  var string: String? { node?.string }
  /// Text, empty for a missing value.
  var text: String { node?.string ?? "" }
  var int: Int64? { node?.int }
  var bool: Bool { node?.bool ?? false }
  var boolOrNil: Bool? { node?.bool }

  /// Elements of a list; a null among them is a missing value.
  var items: [Field] {
    guard let elements = node?.array else { return [] }
    return elements.enumerated().map { index, element in
      Field(
        .index(path, index), element.isNull ? nil : element, line: element.line > 0 ? element.line : line,
        column: element.line > 0 ? element.column : column)
    }
  }

  /// Entries of a map.
  var entries: [(key: String, field: Field)] {
    (node?.mapping?.entries ?? []).map { entry in
      (
        entry.key,
        Field(.key(path, entry.key), entry.value.isNull ? nil : entry.value, line: entry.line, column: entry.column)
      )
    }
  }

  var isEmptyList: Bool { node?.array?.isEmpty ?? true }
  var isEmptyMap: Bool { node?.mapping?.entries.isEmpty ?? true }
  var count: Int { node?.array?.count ?? node?.mapping?.entries.count ?? 0 }
  var strings: [String] { node?.array?.map { $0.string ?? "" } ?? [] }

  /// A map of texts; a null is the empty text.
  var stringMap: [String: String] {
    var result: [String: String] = [:]
    for entry in node?.mapping?.entries ?? [] { result[entry.key] = entry.value.string ?? "" }
    return result
  }

  /// A quantity; nil where there is none or it cannot be read.
  var quantity: Quantity? { node.flatMap { node in node.text.flatMap { Quantity($0.trimmingGoSpace) } } }
}
