package import Bytes

/// A JSON patch (RFC 6902) as the API server applies it, with its texts.
///
/// Source: github.com/evanphx/json-patch v4, which the API server uses.
package struct JSONPatch: Sendable {
  package struct Operation: Sendable, Equatable {
    package let name: String
    package let path: String
    package let from: String?
    /// Nil where there is none, which is another thing than null.
    package let value: DocumentNode?

    package init(name: String, path: String, from: String? = nil, value: DocumentNode? = nil) {
      self.name = name
      self.path = path
      self.from = from
      self.value = value
    }
  }

  package enum Failure: Error, Sendable, Equatable {
    /// A `test` did not hold.
    case testFailed(String)
    case failed(String)

    package var message: String {
      switch self {
      case .testFailed(let text), .failed(let text): text
      }
    }
  }

  package let operations: [Operation]

  package init(_ operations: [Operation]) { self.operations = operations }

  /// - Returns: nil for what is no list of operations.
  package init?(_ node: DocumentNode) {
    guard let items = node.array else { return nil }
    operations = items.map { item in
      Operation(
        name: item["op"]?.string ?? "", path: item["path"]?.string ?? "", from: item["from"]?.string,
        value: item.mapping?["value"])
    }
  }

  package func apply(to document: DocumentNode) throws(Failure) -> DocumentNode {
    var document = document
    for operation in operations { document = try Self.apply(operation, document) }
    return document
  }

  private static func apply(_ operation: Operation, _ document: DocumentNode) throws(Failure) -> DocumentNode {
    let path = operation.path
    switch operation.name {
    case "add":
      if path.isEmpty { return operation.value ?? .null }
      return try put(operation.value ?? .null, document, path, adding: true, "add")
    case "replace":
      if path.isEmpty { return operation.value ?? .null }
      guard let parent = try container(document, path) else {
        throw .failed("replace operation does not apply: doc is missing path: \(path): missing value")
      }
      guard value(parent, key(path)) != nil else {
        throw .failed("replace operation does not apply: doc is missing key: \(path): missing value")
      }
      return try put(operation.value ?? .null, document, path, adding: false, "replace")
    case "remove": return try remove(document, path)
    case "move":
      let from = operation.from ?? ""
      guard let parent = try container(document, from) else {
        throw .failed("move operation does not apply: doc is missing from path: \(from): missing value")
      }
      guard let moved = value(parent, key(from)) else {
        throw .failed("error in move for path: '\(key(from))': missing value")
      }
      return try put(moved, try remove(document, from), path, adding: true, "move")
    case "copy":
      let from = operation.from ?? ""
      guard let parent = try container(document, from) else {
        throw .failed("copy operation does not apply: doc is missing from path: \(from): missing value")
      }
      guard let copied = value(parent, key(from)) else {
        throw .failed("error in copy for from: '\(from)': missing value")
      }
      return try put(copied, document, path, adding: true, "copy")
    case "test":
      if path.isEmpty {
        if document == operation.value ?? .null { return document }
        throw .testFailed("testing value  failed: test failed")
      }
      guard let parent = try container(document, path) else {
        throw .failed("test operation does not apply: is missing path: \(path): missing value")
      }
      let found = value(parent, key(path)) ?? .null
      if found == operation.value ?? .null { return document }
      throw .testFailed("testing value \(path) failed: test failed")
    default: throw .failed("Unexpected kind: \(operation.name)")
    }
  }

  // MARK: Pointers

  private static func parts(_ path: String) -> [String] {
    path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  private static func key(_ path: String) -> String { parts(path).last ?? "" }

  /// What holds the last part of a path; nil where the way to it is missing.
  private static func container(_ document: DocumentNode, _ path: String) throws(Failure) -> DocumentNode? {
    let parts = parts(path)
    if parts.isEmpty { return nil }
    var node = document
    for part in parts.dropLast() {
      guard let next = value(node, part), next.mapping != nil || next.array != nil else { return nil }
      node = next
    }
    return node.mapping != nil || node.array != nil ? node : nil
  }

  private static func value(_ node: DocumentNode, _ key: String) -> DocumentNode? {
    if let mapping = node.mapping { return mapping[key] }
    guard let items = node.array, let index = Int(key), items.indices.contains(index) else { return nil }
    return items[index]
  }

  private static func put(
    _ value: DocumentNode, _ document: DocumentNode, _ path: String, adding: Bool, _ name: String
  ) throws(Failure) -> DocumentNode {
    guard try container(document, path) != nil else {
      throw .failed("\(name) operation does not apply: doc is missing path: \"\(path)\": missing value")
    }
    return try changed(document, parts(path)[...]) { node, key throws(Failure) in
      guard var items = node.array else { return node.setting(key, value) }
      if key == "-", adding {
        items.append(value)
      } else {
        guard let index = Int(key) else {
          throw .failed(
            "error in \(name) for path: '\(path)': strconv.Atoi: parsing \(GoText.quoted(key)): invalid syntax")
        }
        let place = index < 0 && adding ? index + items.count + 1 : index
        guard place >= 0, adding ? place <= items.count : place < items.count else {
          throw .failed(
            "error in \(name) for path: '\(path)': Unable to access invalid index: \(index): invalid index referenced")
        }
        if adding { items.insert(value, at: place) } else { items[place] = value }
      }
      return node.with(.array(items))
    }
  }

  private static func remove(_ document: DocumentNode, _ path: String) throws(Failure) -> DocumentNode {
    guard try container(document, path) != nil else {
      throw .failed("remove operation does not apply: doc is missing path: \"\(path)\": missing value")
    }
    return try changed(document, parts(path)[...]) { node, key throws(Failure) in
      guard var items = node.array else {
        guard node.mapping?.entry(key) != nil else {
          throw .failed(
            "error in remove for path: '\(path)': Unable to remove nonexistent key: \(key): missing value")
        }
        return node.setting(key, nil)
      }
      guard let index = Int(key) else {
        throw .failed(
          "error in remove for path: '\(path)': strconv.Atoi: parsing \(GoText.quoted(key)): invalid syntax")
      }
      guard items.indices.contains(index) else {
        throw .failed(
          "error in remove for path: '\(path)': Unable to access invalid index: \(index): invalid index referenced")
      }
      items.remove(at: index)
      return node.with(.array(items))
    }
  }

  private static func changed(
    _ node: DocumentNode, _ parts: ArraySlice<String>,
    _ change: (DocumentNode, String) throws(Failure) -> DocumentNode
  ) throws(Failure) -> DocumentNode {
    guard let first = parts.first else { return node }
    if parts.count == 1 { return try change(node, first) }
    guard let next = value(node, first) else { return node }
    let inner = try changed(next, parts.dropFirst(), change)
    if var items = node.array, let index = Int(first), items.indices.contains(index) {
      items[index] = inner
      return node.with(.array(items))
    }
    return node.setting(first, inner)
  }
}
