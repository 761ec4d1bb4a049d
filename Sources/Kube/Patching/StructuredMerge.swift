package import Bytes

/// Merges an apply configuration into an object, by what its type says of lists and maps.
///
/// Source: sigs.k8s.io/structured-merge-diff `typed/{validate,merge}.go`, and k8s.io/apiserver
/// `pkg/admission/plugin/policy/mutating/patch/smd.go`.
package enum StructuredMerge {
  package struct Failure: Error, Sendable, Equatable {
    package let message: String
  }

  // MARK: Faults of a patch

  /// - Throws: the first fault, with its path.
  package static func validate(_ patch: DocumentNode, _ schema: MergeSchema) throws(Failure) {
    try validate(patch, schema, path: "")
  }

  private static func validate(_ value: DocumentNode, _ schema: MergeSchema, path: String) throws(Failure) {
    if value.isNull { return }
    switch schema {
    case .untyped: return
    case .scalar(let expects):
      switch (expects, value.content) {
      case ("string", .string), ("boolean", .bool), ("numeric (int or float)", .int),
        ("numeric (int or float)", .double):
        return
      default: throw Failure(message: "\(path): expected \(expects), got \(shown(value))")
      }
    case .list(let element, let merge, let defaults):
      guard let items = value.array else {
        throw Failure(message: "\(path): expected list, got \(shown(value))")
      }
      var seen: [DocumentNode] = []
      for (index, item) in items.enumerated() {
        try validate(item, element, path: "\(path)[\(index)]")
        guard case .map(let keys) = merge else {
          if merge == .set {
            if seen.contains(item) { throw Failure(message: "\(path): duplicate entries for key \(shown(item))") }
            seen.append(item)
          }
          continue
        }
        for key in keys where item.mapping?[key] == nil && defaults[key] == nil {
          throw Failure(
            message:
              "\(path): element \(index): associative list with keys has an element that omits key field \"\(key)\" (and doesn't have default value)"
          )
        }
        let own = identity(item, keys, defaults)
        if seen.contains(own) {
          let text = own.entries.map { "\($0.key)=\(JSONWriter.compact($0.value))" }.joined(separator: ",")
          throw Failure(message: "\(path): duplicate entries for key [\(text)]")
        }
        seen.append(own)
      }
    case .map(let element, _):
      guard let mapping = value.mapping else {
        throw Failure(message: "\(path): expected map, got \(shown(value))")
      }
      for entry in mapping.entries { try validate(entry.value, element, path: path + "." + entry.key) }
    case .structure(let field, _):
      guard let mapping = value.mapping else {
        throw Failure(message: "\(path): expected map, got \(shown(value))")
      }
      for entry in mapping.entries {
        guard let inner = field(entry.key) else {
          throw Failure(message: "\(path).\(entry.key): field not declared in schema")
        }
        try validate(entry.value, inner, path: path + "." + entry.key)
      }
    }
  }

  private static func shown(_ value: DocumentNode) -> String {
    let content: String
    switch value.content {
    case .null: content = "interface {}(nil)"
    case .bool(let flag): content = flag ? "true" : "false"
    case .int(let number): content = String(number)
    case .double(let number): content = GoText.number(number)
    case .string(let text): content = GoText.quoted(text)
    case .array(let items):
      content = "[]interface {}{" + items.map(element).joined(separator: ", ") + "}"
    case .object(let mapping):
      content =
        "map[string]interface {}{"
        + mapping.entries.sorted { $0.key < $1.key }.map { "\(GoText.quoted($0.key)):\(element($0.value))" }
        .joined(separator: ", ") + "}"
    }
    return "&value.valueUnstructured{Value:\(content)}"
  }

  /// As `%#v` prints a value inside of another.
  private static func element(_ value: DocumentNode) -> String {
    let text = shown(value)
    return String(text.dropFirst("&value.valueUnstructured{Value:".count).dropLast())
  }

  /// Paths of what is replaced as a whole, which policies may not touch.
  package static func atomics(_ patch: DocumentNode, _ schema: MergeSchema) -> [String] {
    var found: [String] = []
    atomics(patch, schema, path: "", &found)
    return found
  }

  private static func atomics(_ value: DocumentNode, _ schema: MergeSchema, path: String, _ found: inout [String]) {
    switch schema {
    case .scalar, .untyped: return
    case .list(let element, let merge, _):
      guard let items = value.array else { return }
      if merge == .atomic { found.append(path) }
      for (index, item) in items.enumerated() { atomics(item, element, path: "\(path)[\(index)]", &found) }
    case .map(_, let isAtomic):
      if value.mapping != nil, isAtomic { found.append(path) }
    case .structure(let field, let isAtomic):
      guard let mapping = value.mapping else { return }
      if isAtomic { found.append(path) }
      for entry in mapping.entries {
        if let inner = field(entry.key) { atomics(entry.value, inner, path: path + "." + entry.key, &found) }
      }
    }
  }

  // MARK: Merging

  package static func merge(_ patch: DocumentNode, into live: DocumentNode, _ schema: MergeSchema) -> DocumentNode {
    switch schema {
    case .scalar, .untyped: return patch
    case .map(let element, let isAtomic):
      guard !isAtomic, let changes = patch.mapping, live.mapping != nil else { return patch }
      var result = live
      for entry in changes.entries {
        let old = live.mapping?[entry.key]
        result = result.setting(entry.key, old.map { merge(entry.value, into: $0, element) } ?? entry.value)
      }
      return result
    case .structure(let field, let isAtomic):
      guard !isAtomic, let changes = patch.mapping, live.mapping != nil else { return patch }
      var result = live
      for entry in changes.entries {
        let old = live.mapping?[entry.key]
        let inner = field(entry.key) ?? .untyped
        result = result.setting(entry.key, old.map { merge(entry.value, into: $0, inner) } ?? entry.value)
      }
      return result
    case .list(let element, let kind, let defaults):
      guard let changes = patch.array, let items = live.array else { return patch }
      switch kind {
      case .atomic: return patch
      case .set:
        return live.with(
          .array(mergeItems(items, changes, identity: { $0 }) { _, change in change }))
      case .map(let keys):
        return live.with(
          .array(
            mergeItems(items, changes, identity: { identity($0, keys, defaults) }) { old, change in
              merge(change, into: old, element)
            }))
      }
    }
  }

  private static func identity(
    _ item: DocumentNode, _ keys: [String], _ defaults: [String: DocumentNode]
  ) -> DocumentNode {
    DocumentNode(
      .object(
        Mapping(
          keys.map { key in Mapping.Entry(key: key, value: item.mapping?[key] ?? defaults[key] ?? .null) })))
  }

  /// Old items stay in their order, new ones in theirs; items of both stand where the patch has them.
  private static func mergeItems(
    _ old: [DocumentNode], _ new: [DocumentNode], identity: (DocumentNode) -> DocumentNode,
    merge: (DocumentNode, DocumentNode) -> DocumentNode
  ) -> [DocumentNode] {
    let oldKeys = old.map(identity)
    let newKeys = new.map(identity)
    var shared = newKeys.filter { oldKeys.contains($0) }[...]
    var result: [DocumentNode] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if left < old.count, right < new.count {
        if oldKeys[left] == newKeys[right] {
          result.append(merge(old[left], new[right]))
          shared = shared.dropFirst()
          left += 1
          right += 1
          continue
        }
        if newKeys.contains(oldKeys[left]), let next = shared.first, next != oldKeys[left] {
          left += 1
          continue
        }
      }
      if left < old.count {
        if !newKeys.contains(oldKeys[left]) {
          result.append(old[left])
          left += 1
          continue
        }
        // Shared: it was merged already, or is about to be.
        if newKeys[..<right].contains(oldKeys[left]) {
          left += 1
          continue
        }
      }
      if right < new.count {
        if let index = oldKeys.firstIndex(of: newKeys[right]) {
          result.append(merge(old[index], new[right]))
          if shared.first == newKeys[right] { shared = shared.dropFirst() }
        } else {
          result.append(new[right])
        }
        right += 1
      }
    }
    return result
  }
}
