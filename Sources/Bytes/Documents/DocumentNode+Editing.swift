extension Mapping {
  /// The same with another value for a key, at its place where it is there, at the end where not; without it for nil.
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
  /// The same with another value for a key of a mapping; a value that is no mapping becomes one.
  package func setting(_ key: String, _ value: DocumentNode?) -> DocumentNode {
    DocumentNode(.object((mapping ?? Mapping([])).setting(key, value)), line: line, column: column)
  }

  /// The same with another value below several keys; mappings on the way are made where they are missing.
  package func setting(path: ArraySlice<String>, _ value: DocumentNode?) -> DocumentNode {
    guard let first = path.first else { return value ?? .null }
    if path.count == 1 { return setting(first, value) }
    if value == nil, self[first] == nil { return self }
    return setting(first, (self[first] ?? [:]).setting(path: path.dropFirst(), value))
  }

  package func setting(path: [String], _ value: DocumentNode?) -> DocumentNode { setting(path: path[...], value) }

  /// The same place in the source with another content.
  package func with(_ content: Content) -> DocumentNode { DocumentNode(content, line: line, column: column) }
}
