package import Bytes

/// A value of an expression.
///
/// Lists and maps of documents are views: wrapping a `DocumentNode` of any size costs nothing, and reading one of its
/// fields only copies a reference.
package enum CELValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  /// In nanoseconds, as in Go.
  case duration(Int64)
  case timestamp(CELTimestamp)
  case list(CELList)
  case map(CELMap)
  case type(CELType)
  case optional(CELOptional)
  /// A message created by `Object{...}` or `JSONPatch{...}`.
  case object(CELObject)
  /// A value of a library: URL, IP address, CIDR, quantity, version, format, authorizer.
  case opaque(any CELOpaque)
  /// The composited variables of this evaluation, each evaluated on first use.
  case variables
}

/// A list: a view of elements in a document, or values that an expression created.
package enum CELList: Sendable {
  case nodes([DocumentNode])
  /// A view of elements with a known schema, which decides how they are read (dates, bytes, int-or-string). The schema
  /// is that of the list.
  case typed([DocumentNode], SchemaType)
  case values([CELValue])

  package var count: Int {
    switch self {
    case .nodes(let nodes), .typed(let nodes, _): nodes.count
    case .values(let values): values.count
    }
  }

  /// - Precondition: the index is within the list.
  package subscript(index: Int) -> CELValue {
    switch self {
    case .nodes(let nodes): CELValue(nodes[index])
    case .typed(let nodes, let schema): schema.element.map { CELValue(nodes[index], $0) } ?? CELValue(nodes[index])
    case .values(let values): values[index]
    }
  }

  package var values: [CELValue] {
    if case .values(let values) = self { return values }
    return (0..<count).map { self[$0] }
  }
}

/// The value of `optional.of(x)` and `optional.none()`.
package final class CELOptional: Sendable {
  /// Nil for `optional.none()`.
  package let value: CELValue?

  package init(_ value: CELValue?) { self.value = value }

  package static let none = CELOptional(nil)
}

/// A message with its fields.
package final class CELObject: Sendable {
  /// Full name: `Object.spec.template`, `JSONPatch`.
  package let typeName: String
  /// In the order of the expression, without duplicates. Fields set to `optional.none()` are left out.
  package let fields: [(name: String, value: CELValue)]

  package init(typeName: String, fields: [(name: String, value: CELValue)]) {
    self.typeName = typeName
    self.fields = fields
  }

  package subscript(name: String) -> CELValue? {
    for field in fields where field.name == name { return field.value }
    return nil
  }
}

/// A value of a type that a library defines.
package protocol CELOpaque: AnyObject, Sendable {
  var type: CELType { get }
  /// - Throws: where the other has another type, as in the API server.
  func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool
  /// The size by which comparisons are charged; 1 for most types.
  var size: Int { get }
}

extension CELOpaque {
  package var size: Int { 1 }
}

extension CELValue {
  package static func list(_ values: [CELValue]) -> CELValue { .list(.values(values)) }

  /// A document without a schema: integers are `int`, other numbers `double`.
  package init(_ node: DocumentNode) {
    switch node.content {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .array(let nodes): self = .list(.nodes(nodes))
    case .object(let mapping): self = .map(.nodes(mapping))
    }
  }

  /// The type at run time, without parameters.
  package var type: CELType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    case .duration: .duration
    case .timestamp: .timestamp
    case .list: .list(.dyn)
    case .map: .map(.dyn, .dyn)
    case .type: .type(nil)
    case .optional: .optional(.dyn)
    case .object(let object): .object(object.typeName)
    case .opaque(let value): value.type
    case .variables: .object(CELEnvironment.variablesType)
    }
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }

  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  package var int: Int64? { if case .int(let value) = self { value } else { nil } }

  /// The elements; nil for anything but a list.
  package var elements: [CELValue]? { if case .list(let list) = self { list.values } else { nil } }

  /// The value of `size()`: code points, bytes, elements or entries; nil for other types.
  var size: Int? {
    switch self {
    case .string(let text): text.scalarCount
    case .bytes(let bytes): bytes.count
    case .list(let list): list.count
    case .map(let map): map.count
    default: nil
    }
  }

  /// The value as Go prints it in messages (`%v`).
  var shown: String {
    switch self {
    case .null: "NULL_VALUE"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .uint(let value): String(value)
    case .double(let value): GoFloat.general(value)
    case .string(let value): value
    case .bytes(let bytes): "[" + bytes.map { String($0) }.joined(separator: " ") + "]"
    case .duration(let value): GoDuration.text(value)
    case .timestamp(let value): value.text
    case .list(let list): "[" + list.values.map(\.shown).joined(separator: ", ") + "]"
    case .map(let map): "{" + map.entries.map { $0.key.shown + ": " + $0.value.shown }.joined(separator: ", ") + "}"
    case .type(let type): type.name
    case .optional(let optional): optional.value.map { "optional(\($0.shown))" } ?? "optional.none()"
    case .object(let object): object.typeName
    case .opaque(let value): value.type.name
    case .variables: CELEnvironment.variablesType
    }
  }
}
