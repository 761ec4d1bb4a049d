package import Bytes

extension JSONPatch {
  /// The operations that make one document into another: `add`, `remove` and `replace` alone. Lists are compared place by
  /// place; what one has more of is added or taken away at its end.
  package init(from old: DocumentNode, to new: DocumentNode) {
    var operations: [Operation] = []
    Self.compare(old, new, "", &operations)
    self.init(operations)
  }

  /// The patch as JSON holds it.
  package var document: DocumentNode {
    DocumentNode(
      .array(
        operations.map { operation in
          var entries = [
            Mapping.Entry(key: "op", value: DocumentNode(.string(operation.name))),
            Mapping.Entry(key: "path", value: DocumentNode(.string(operation.path))),
          ]
          if let from = operation.from { entries.append(.init(key: "from", value: DocumentNode(.string(from)))) }
          if let value = operation.value { entries.append(.init(key: "value", value: value)) }
          return DocumentNode(.object(Mapping(entries)))
        }))
  }

  private static func compare(
    _ old: DocumentNode, _ new: DocumentNode, _ path: String, _ operations: inout [Operation]
  ) {
    if let before = old.mapping, let after = new.mapping {
      for entry in before.entries where after.entry(entry.key) == nil {
        operations.append(Operation(name: "remove", path: "\(path)/\(escaped(entry.key))"))
      }
      for entry in after.entries {
        let place = "\(path)/\(escaped(entry.key))"
        if let earlier = before[entry.key] {
          compare(earlier, entry.value, place, &operations)
        } else {
          operations.append(Operation(name: "add", path: place, value: entry.value))
        }
      }
    } else if let before = old.array, let after = new.array {
      let shared = min(before.count, after.count)
      for index in 0..<shared { compare(before[index], after[index], "\(path)/\(index)", &operations) }
      for index in (shared..<before.count).reversed() {
        operations.append(Operation(name: "remove", path: "\(path)/\(index)"))
      }
      for index in shared..<after.count {
        operations.append(Operation(name: "add", path: "\(path)/\(index)", value: after[index]))
      }
    } else if old != new {
      operations.append(Operation(name: "replace", path: path, value: new))
    }
  }

  private static func escaped(_ key: String) -> String {
    key.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}
