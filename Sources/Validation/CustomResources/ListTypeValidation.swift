package import Bytes
package import Kube

/// Lists that are sets, or maps by keys, hold nothing twice.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/listtype/validation.go`.
package enum ListTypeValidation {
  package static func validate(_ object: DocumentNode, _ schema: StructuralSchema) -> [FieldError] {
    var errors: [FieldError] = []
    walk(object, schema, path: "", &errors)
    return errors
  }

  private static func walk(
    _ value: DocumentNode, _ schema: StructuralSchema, path: String, _ errors: inout [FieldError]
  ) {
    switch value.content {
    case .array(let items):
      if schema.listType == "set" {
        for (index, item) in items.enumerated() where items[..<index].contains(item) {
          errors.append(.duplicate("\(path)[\(index)]", item))
        }
      } else if schema.listType == "map" {
        errors += mapFaults(items, schema, path)
      }
      guard let inner = schema.items else { return }
      for (index, item) in items.enumerated() { walk(item, inner, path: "\(path)[\(index)]", &errors) }
    case .object(let mapping):
      for entry in mapping.entries {
        guard let inner = schema.field(entry.key) else { continue }
        let isNamed = schema.property(entry.key) != nil
        let place = path.isEmpty ? entry.key : isNamed ? path + "." + entry.key : "\(path)[\(entry.key)]"
        walk(entry.value, inner, path: place, &errors)
      }
    default: return
    }
  }

  private static func mapFaults(_ items: [DocumentNode], _ schema: StructuralSchema, _ path: String) -> [FieldError] {
    var errors: [FieldError] = []
    var seen: [DocumentNode] = []
    for (index, item) in items.enumerated() {
      guard let mapping = item.mapping else { continue }
      let key = DocumentNode(
        .object(
          Mapping(
            schema.listMapKeys.compactMap { name in
              mapping[name].map { Mapping.Entry(key: name, value: $0) }
            })))
      if seen.contains(key) {
        errors.append(.duplicate("\(path)[\(index)]", key))
      } else {
        seen.append(key)
      }
    }
    return errors
  }
}
