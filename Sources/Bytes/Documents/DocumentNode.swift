/// One value of a YAML or JSON document, with its position in the source.
///
/// Values are immutable and share storage, so aliases cost nothing.
package struct DocumentNode: Sendable {
  /// The value itself, by the types of JSON; integers that do not fit 64 bits are doubles.
  package enum Content: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([DocumentNode])
    case object(Mapping)
  }

  package let content: Content
  /// Line in the source, from 1; 0 for a value without a source.
  package let line: UInt32
  /// Column in the source, in characters from 1; 0 for a value without a source.
  package let column: UInt32

  package init(_ content: Content, line: UInt32 = 0, column: UInt32 = 0) {
    self.content = content
    self.line = line
    self.column = column
  }

  package static let null = DocumentNode(.null)

  /// The same as if it had not been read from text.
  package var withoutPlaces: DocumentNode {
    switch content {
    case .object(let mapping):
      DocumentNode(
        .object(
          Mapping(
            mapping.entries.map { Mapping.Entry(key: $0.key, value: $0.value.withoutPlaces) },
            repeated: mapping.repeated.map { Mapping.Entry(key: $0.key, value: $0.value.withoutPlaces) })))
    case .array(let items): DocumentNode(.array(items.map(\.withoutPlaces)))
    default: DocumentNode(content)
    }
  }
}

/// An ordered map with text keys. Lookup is linear: objects of Kubernetes have a handful of keys.
package struct Mapping: Sendable {
  /// A key of a mapping with its value. Line and column count from 1; 0 stands for a value that was not read from text.
  package struct Entry: Sendable {
    package let key: String
    /// Position of the key.
    package let line: UInt32
    package let column: UInt32
    package let value: DocumentNode

    package init(key: String, line: UInt32 = 0, column: UInt32 = 0, value: DocumentNode) {
      self.key = key
      self.line = line
      self.column = column
      self.value = value
    }
  }

  package let entries: [Entry]
  /// Keys that the text holds more than once, each as often as it is repeated and without its value; only readers of
  /// text know of them.
  package let repeated: [Entry]

  package init(_ entries: [Entry], repeated: [Entry] = []) {
    self.entries = entries
    self.repeated = repeated
  }

  /// Nil where the key is absent; an explicit null is an entry.
  package func entry(_ key: String) -> Entry? {
    for entry in entries where entry.key == key { return entry }
    return nil
  }

  package subscript(key: String) -> DocumentNode? { entry(key)?.value }
}

extension DocumentNode {
  package var isNull: Bool { if case .null = content { true } else { false } }

  /// The text of a string; nil for any other type, numbers included.
  package var string: String? { if case .string(let value) = content { value } else { nil } }

  /// A boolean. The strings `y` and `n` count as well: kubectl's YAML library treats them as booleans when they are
  /// plain, and where they are meant as text nobody asks for a boolean.
  package var bool: Bool? {
    switch content {
    case .bool(let value): value
    case .string("y"), .string("Y"): true
    case .string("n"), .string("N"): false
    default: nil
    }
  }

  /// An integer, or a floating-point number without a fraction below 9e15; nil for anything else.
  package var int: Int64? {
    switch content {
    case .int(let value): value
    case .double(let value) where value == value.rounded() && abs(value) < 9e15: Int64(value)
    default: nil
    }
  }

  package var array: [DocumentNode]? { if case .array(let value) = content { value } else { nil } }

  package var mapping: Mapping? { if case .object(let value) = content { value } else { nil } }

  /// The elements of a sequence; empty for anything else.
  package var elements: [DocumentNode] { array ?? [] }

  /// The entries of a mapping; empty for anything else.
  package var entries: [Mapping.Entry] { mapping?.entries ?? [] }

  /// The value of a key; an explicit null counts as absent, as it does for the API server.
  package subscript(key: String) -> DocumentNode? {
    guard case .object(let mapping) = content, let value = mapping[key], !value.isNull else { return nil }
    return value
  }

  /// Follows keys through nested mappings; nil where one is absent.
  package subscript(path first: String, rest: String...) -> DocumentNode? {
    var node = self[first]
    for key in rest { node = node?[key] }
    return node
  }

  /// A scalar as text for people; nil for sequences and mappings.
  package var text: String? {
    switch content {
    case .null: nil
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .double(let value): String(value)
    case .string(let value): value
    case .array, .object: nil
    }
  }

  /// The string values of a mapping, such as labels and annotations; other values are left out.
  package var stringMap: [String: String] {
    var result: [String: String] = [:]
    for entry in entries { if let value = entry.value.string { result[entry.key] = value } }
    return result
  }

  /// The strings of a sequence; other elements are left out.
  package var strings: [String] { elements.compactMap(\.string) }
}

extension DocumentNode: Equatable {
  /// Equal values, regardless of positions and of the order of keys.
  package static func == (a: DocumentNode, b: DocumentNode) -> Bool {
    switch (a.content, b.content) {
    case (.null, .null): return true
    case (.bool(let x), .bool(let y)): return x == y
    case (.int(let x), .int(let y)): return x == y
    case (.double(let x), .double(let y)): return x == y
    case (.int(let x), .double(let y)), (.double(let y), .int(let x)): return Double(x) == y
    case (.string(let x), .string(let y)): return x == y
    case (.array(let x), .array(let y)): return x == y
    case (.object(let x), .object(let y)):
      guard x.entries.count == y.entries.count else { return false }
      return x.entries.allSatisfy { entry in y[entry.key].map { $0 == entry.value } ?? false }
    default: return false
    }
  }
}
