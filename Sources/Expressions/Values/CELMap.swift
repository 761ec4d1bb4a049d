package import Bytes

/// A map: a view of a mapping in a document, or entries that an expression created.
package enum CELMap: Sendable {
  case nodes(Mapping)
  /// A view of a mapping with a known schema.
  case typed(Mapping, SchemaType)
  case values(CELEntries)

  package var count: Int {
    switch self {
    case .nodes(let mapping): mapping.entries.count
    case .typed(let mapping, let schema): schema.visibleCount(of: mapping)
    case .values(let entries): entries.count
    }
  }

  package var entries: [(key: CELValue, value: CELValue)] {
    switch self {
    case .nodes(let mapping): mapping.entries.map { (.string($0.key), CELValue($0.value)) }
    case .typed(let mapping, let schema): schema.entries(of: mapping)
    case .values(let entries): entries.all
    }
  }

  var keys: [CELValue] {
    switch self {
    case .nodes(let mapping): mapping.entries.map { .string($0.key) }
    case .typed(let mapping, let schema): schema.entries(of: mapping).map(\.key)
    case .values(let entries): entries.all.map(\.key)
    }
  }

  package subscript(key: CELValue) -> CELValue? {
    switch self {
    case .nodes(let mapping):
      guard case .string(let name) = key else { return nil }
      return mapping.exactly(name).map { CELValue($0) }
    case .typed(let mapping, let schema):
      guard case .string(let name) = key else { return nil }
      return schema.value(name, of: mapping)
    case .values(let entries): return entries[key]
    }
  }
}

extension Mapping {
  /// The value of a key, compared by bytes. Swift's strings compare by canonical equivalence: two spellings of an
  /// accented letter are equal, which the API server distinguishes.
  func exactly(_ name: String) -> DocumentNode? {
    for entry in entries where sameText(entry.key, name) { return entry.value }
    return nil
  }
}

/// A text compared and hashed by its bytes.
struct ExactText: Hashable, Sendable {
  let text: String

  static func == (a: ExactText, b: ExactText) -> Bool { sameText(a.text, b.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// Entries of a map that an expression created, in order.
package struct CELEntries: Sendable {
  enum Key: Hashable, Sendable {
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case string(ExactText)
    case double(Double)

    /// Equal whole numbers are the same key in any notation; nil for a value that cannot be a key.
    init?(_ value: CELValue) {
      switch value {
      case .bool(let value): self = .bool(value)
      case .int(let value): self = .int(value)
      case .uint(let value): self = Int64(exactly: value).map { .int($0) } ?? .uint(value)
      case .double(let value):
        if let whole = Int64(exactly: value) {
          self = .int(whole)
        } else if let whole = UInt64(exactly: value) {
          self = .uint(whole)
        } else {
          self = .double(value)
        }
      case .string(let value): self = .string(ExactText(text: value))
      default: return nil
      }
    }
  }

  private(set) var all: [(key: CELValue, value: CELValue)] = []
  private var index: [Key: Int] = [:]

  package init() {}

  var count: Int { all.count }

  subscript(key: CELValue) -> CELValue? {
    if all.count <= 4 {
      for entry in all where entry.key.isSameKey(as: key) { return entry.value }
      return nil
    }
    guard let found = Key(key), let place = index[found] else { return nil }
    return all[place].value
  }

  mutating func replace(_ key: Key, _ value: CELValue) {
    if let place = index[key] { all[place].value = value }
  }

  /// Adds an entry.
  ///
  /// - Returns: false, without any change, if the key exists.
  package mutating func insert(_ key: CELValue, _ value: CELValue) -> Bool {
    guard let made = Key(key), index[made] == nil else { return false }
    index[made] = all.count
    all.append((key, value))
    return true
  }
}

extension CELValue {
  fileprivate func isSameKey(as other: CELValue) -> Bool {
    switch (self, other) {
    case (.string(let a), .string(let b)): sameText(a, b)
    case (.int(let a), .int(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    default: CELEntries.Key(self).map { $0 == CELEntries.Key(other) } ?? false
    }
  }
}
