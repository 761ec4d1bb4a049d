import Bytes

/// Whether the lists, mappings and scalars of an object stand where the API has them. What stands elsewhere is not read by any
/// analysis, and the API server refuses the object.
enum ObjectShape {
  /// The first value of another shape than its field's.
  struct Mismatch {
    let node: DocumentNode
    /// From the object's root: `subjects`, `rules[0].verbs`; empty for the root.
    let path: String
    /// `a list`, `a mapping` or `a scalar`.
    let expected: String
  }

  static func mismatch(_ root: DocumentNode, _ type: APIType) -> Mismatch? {
    for entry in root.entries where !entry.value.isNull {
      guard let field = type.field(entry.key) else { continue }
      if let found = mismatch(entry.value, field.shape, path: field.name, depth: 0) { return found }
    }
    return nil
  }

  private static func mismatch(
    _ node: DocumentNode, _ shape: APIType.Shape, path: String, depth: Int
  ) -> Mismatch? {
    guard depth < 64, !node.isNull else { return nil }
    func other(_ expected: String) -> Mismatch { Mismatch(node: node, path: path, expected: expected) }
    switch shape.wrapped {
    case .any: return nil
    case .list(let element):
      guard let items = node.array else { return other("a list") }
      for (index, item) in items.enumerated() {
        if let found = mismatch(item, element, path: "\(path)[\(index)]", depth: depth + 1) { return found }
      }
      return nil
    case .map(let value):
      guard node.mapping != nil else { return other("a mapping") }
      for entry in node.entries {
        if let found = mismatch(entry.value, value, path: "\(path).\(entry.key)", depth: depth + 1) { return found }
      }
      return nil
    case .object(let name):
      guard node.mapping != nil else { return other("a mapping") }
      guard let type = APITypes.type(name) else { return nil }
      for entry in node.entries {
        guard let field = type.field(entry.key) else { continue }
        if let found = mismatch(entry.value, field.shape, path: "\(path).\(field.name)", depth: depth + 1) {
          return found
        }
      }
      return nil
    default: return node.array != nil || node.mapping != nil ? other("a scalar") : nil
    }
  }
}
