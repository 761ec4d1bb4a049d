package import Bytes

extension StructuralSchema {
  /// The value without the fields that the schema does not know.
  ///
  /// Source: `pkg/apiserver/schema/pruning/algorithm.go`.
  ///
  /// - Returns: paths of what was taken away, in order.
  package func pruned(_ object: DocumentNode) -> (object: DocumentNode, unknown: [String]) {
    var unknown: [String] = []
    let result = Self.prune(object, self, isRoot: true, path: "", &unknown)
    return (result, unknown.sorted())
  }

  private static let metaFields: Set<String> = ["apiVersion", "kind", "metadata"]

  private static func prune(
    _ value: DocumentNode, _ schema: StructuralSchema?, isRoot: Bool, path: String, _ unknown: inout [String]
  ) -> DocumentNode {
    let preserves = schema?.preservesUnknownFields ?? false
    switch value.content {
    case .object(let mapping):
      guard let schema else {
        for entry in mapping.entries { unknown.append(join(path, entry.key)) }
        return value.with(.object(Mapping([])))
      }
      let isResource = schema.isEmbeddedResource || isRoot
      var entries: [Mapping.Entry] = []
      for entry in mapping.entries {
        if isResource, metaFields.contains(entry.key) {
          entries.append(entry)
          continue
        }
        var next: StructuralSchema?
        var isKnown = true
        if let own = schema.property(entry.key) {
          next = own
        } else if let additional = schema.additionalProperties {
          if case .schema(let inner) = additional { next = inner }
        } else {
          isKnown = false
        }
        if isKnown {
          let inner = prune(entry.value, next, isRoot: false, path: join(path, entry.key), &unknown)
          entries.append(Mapping.Entry(key: entry.key, line: entry.line, column: entry.column, value: inner))
        } else if preserves {
          entries.append(entry)
        } else if !metaFields.contains(entry.key) || !path.isEmpty {
          unknown.append(join(path, entry.key))
        }
      }
      return value.with(.object(Mapping(entries)))
    case .array(let items):
      if preserves, schema?.items == nil { return value }
      return value.with(
        .array(
          items.enumerated().map {
            prune($1, schema?.items, isRoot: false, path: "\(path)[\($0)]", &unknown)
          }))
    default: return value
    }
  }

  private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : path + "." + key }

  /// Without nulls that are neither allowed nor replaced by a default.
  ///
  /// Source: `pkg/apiserver/schema/defaulting/prunenulls.go`.
  package func withoutNulls(_ object: DocumentNode) -> DocumentNode { Self.withoutNulls(object, self) }

  private static func withoutNulls(_ value: DocumentNode, _ schema: StructuralSchema?) -> DocumentNode {
    switch value.content {
    case .object(let mapping):
      return value.with(
        .object(
          Mapping(
            mapping.entries.compactMap { entry in
              let inner = schema?.field(entry.key)
              if entry.value.isNull, let inner, !inner.isNullable, inner.fallback == nil { return nil }
              return Mapping.Entry(
                key: entry.key, line: entry.line, column: entry.column, value: withoutNulls(entry.value, inner))
            })))
    case .array(let items): return value.with(.array(items.map { withoutNulls($0, schema?.items) }))
    default: return value
    }
  }

  /// With defaults where values are missing.
  ///
  /// Source: `pkg/apiserver/schema/defaulting/algorithm.go`.
  package func defaulted(_ value: DocumentNode) -> DocumentNode {
    switch value.content {
    case .object(let mapping):
      var result: [Mapping.Entry] = []
      for entry in mapping.entries {
        guard let inner = field(entry.key) else {
          result.append(entry)
          continue
        }
        var content = entry.value
        if content.isNull, !inner.isNullable, let fallback = inner.fallback { content = fallback }
        result.append(
          Mapping.Entry(key: entry.key, line: entry.line, column: entry.column, value: inner.defaulted(content)))
      }
      for property in properties where mapping.entry(property.name) == nil {
        guard let fallback = property.schema.fallback else { continue }
        result.append(Mapping.Entry(key: property.name, value: property.schema.defaulted(Self.placeless(fallback))))
      }
      return value.with(.object(Mapping(result)))
    case .array(let elements):
      guard let items else { return value }
      return value.with(
        .array(
          elements.map { element in
            if element.isNull, !items.isNullable, let fallback = items.fallback { return items.defaulted(fallback) }
            return items.defaulted(element)
          }))
    default: return value
    }
  }

  /// A default stands in no file of the object's.
  private static func placeless(_ node: DocumentNode) -> DocumentNode {
    switch node.content {
    case .object(let mapping):
      DocumentNode(
        .object(Mapping(mapping.entries.map { Mapping.Entry(key: $0.key, value: placeless($0.value)) })))
    case .array(let items): DocumentNode(.array(items.map(placeless)))
    default: DocumentNode(node.content)
    }
  }
}
