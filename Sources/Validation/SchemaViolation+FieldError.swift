package import Bytes
package import Kube

extension SchemaViolation {
  /// An error that is told by a path only, with the position that the path leads to.
  package init(_ error: FieldError, in root: DocumentNode) {
    let path = error.path ?? ""
    let place = Self.position(of: path, in: root)
    self.init(.invalid(error.kind), path: path, line: place.line, column: place.column, message: error.text)
  }

  init(_ kind: Kind, path: String, in root: DocumentNode, message: String) {
    let place = Self.position(of: path, in: root)
    self.init(kind, path: path, line: place.line, column: place.column, message: message)
  }

  /// Follows a path as far as it leads; keys may hold dots, so the longest one that fits is taken.
  private static func position(of path: String, in root: DocumentNode) -> (line: UInt32, column: UInt32) {
    var place = (line: root.line, column: root.column)
    var node = root
    var rest = Substring(path)
    while !rest.isEmpty {
      if rest.hasPrefix(".") { rest.removeFirst() }
      if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
        let inner = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        if let index = Int(inner), let items = node.array {
          guard items.indices.contains(index) else { return place }
          node = items[index]
          if node.line > 0 { place = (node.line, node.column) }
          continue
        }
        guard let entry = node.mapping?.entry(String(inner)) else { return place }
        place = (entry.line, entry.column)
        node = entry.value
        continue
      }
      let fitting = node.entries.filter {
        rest.hasPrefix($0.key)
          && (rest.utf8.count == $0.key.utf8.count || ".[".contains(rest.dropFirst($0.key.count).first ?? "."))
      }
      guard let entry = fitting.max(by: { $0.key.utf8.count < $1.key.utf8.count }), !entry.key.isEmpty else {
        return place
      }
      place = (entry.line, entry.column)
      node = entry.value
      rest = rest.dropFirst(entry.key.count)
    }
    return place
  }
}
