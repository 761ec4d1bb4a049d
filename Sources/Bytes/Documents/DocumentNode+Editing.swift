extension Mapping {
  /// Replaces the value of a key in place, or appends the key; nil removes it.
  package func setting(_ key: String, _ value: DocumentNode?) -> Mapping {
    var entries = entries
    if let index = entries.firstIndex(where: { $0.key == key }) {
      if let value {
        let old = entries[index]
        entries[index] = Entry(key: key, line: old.line, column: old.column, value: value)
      } else {
        entries.remove(at: index)
      }
    } else if let value {
      entries.append(Entry(key: key, value: value))
    }
    return Mapping(entries)
  }
}

extension DocumentNode {
  /// Replaces the value of a key; a value that is not a mapping becomes one.
  package func setting(_ key: String, _ value: DocumentNode?) -> DocumentNode {
    DocumentNode(.object((mapping ?? Mapping([])).setting(key, value)), line: line, column: column)
  }

  /// Replaces a value at a path of keys; missing mappings are created.
  package func setting(path: ArraySlice<String>, _ value: DocumentNode?) -> DocumentNode {
    guard let first = path.first else { return value ?? .null }
    if path.count == 1 { return setting(first, value) }
    if value == nil, self[first] == nil { return self }
    return setting(first, (self[first] ?? [:]).setting(path: path.dropFirst(), value))
  }

  package func setting(path: [String], _ value: DocumentNode?) -> DocumentNode { setting(path: path[...], value) }

  /// The same position in the source with other content.
  package func with(_ content: Content) -> DocumentNode { DocumentNode(content, line: line, column: column) }
}
