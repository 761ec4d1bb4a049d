package import Bytes

/// How server-side apply merges a value: what its type says of lists, maps and structures.
package indirect enum MergeSchema: Sendable {
  /// Replaced as it is; `expects` is the name of its type in messages.
  case scalar(expects: String)
  case untyped
  case list(MergeSchema, APIType.Field.Merge, keyDefaults: [String: DocumentNode])
  case map(MergeSchema, isAtomic: Bool)
  /// Fields by name; nil for one that is not declared.
  case structure(@Sendable (String) -> MergeSchema?, isAtomic: Bool)

  package init(_ type: APIType, isAtomic: Bool = false) {
    self = .structure(
      { name in type.field(name).map { MergeSchema($0.shape, $0) } }, isAtomic: isAtomic || type.isAtomic)
  }

  private init(_ shape: APIType.Shape, _ field: APIType.Field?) {
    switch shape {
    case .string, .bytes, .time, .microTime, .duration: self = .scalar(expects: "string")
    case .bool: self = .scalar(expects: "boolean")
    case .int32, .int64, .double: self = .scalar(expects: "numeric (int or float)")
    case .quantity, .intOrString, .any: self = .untyped
    case .optional(let inner): self = MergeSchema(inner, field)
    case .list(let element):
      var defaults: [String: DocumentNode] = [:]
      if case .object(let name) = element, let type = APITypes.type(name), case .map(let keys) = field?.merge {
        for key in keys { defaults[key] = type.field(key)?.fallback }
      }
      self = .list(MergeSchema(element, nil), field?.merge ?? .atomic, keyDefaults: defaults)
    case .map(let element): self = .map(MergeSchema(element, nil), isAtomic: field?.isAtomic ?? false)
    case .object(let name):
      guard let type = APITypes.type(name) else {
        self = .untyped
        return
      }
      self = MergeSchema(type, isAtomic: field?.isAtomic ?? false)
    }
  }

  /// A custom resource's.
  package init(_ schema: StructuralSchema, isRoot: Bool = true) {
    if schema.isIntOrString || (schema.type.isEmpty && schema.properties.isEmpty) {
      self = .untyped
      return
    }
    switch schema.type {
    case "string": self = .scalar(expects: "string")
    case "boolean": self = .scalar(expects: "boolean")
    case "integer", "number": self = .scalar(expects: "numeric (int or float)")
    case "array":
      let merge: APIType.Field.Merge
      switch schema.listType {
      case "set": merge = .set
      case "map": merge = .map(schema.listMapKeys)
      default: merge = .atomic
      }
      var defaults: [String: DocumentNode] = [:]
      for key in schema.listMapKeys { defaults[key] = schema.items?.property(key)?.fallback }
      self = .list(schema.items.map { MergeSchema($0, isRoot: false) } ?? .untyped, merge, keyDefaults: defaults)
    default:
      let isAtomic = schema.mapType == "atomic"
      if schema.properties.isEmpty, case .schema(let inner) = schema.additionalProperties {
        self = .map(MergeSchema(inner, isRoot: false), isAtomic: isAtomic)
        return
      }
      self = .structure(
        { name in
          if isRoot || schema.isEmbeddedResource {
            switch name {
            case "apiVersion", "kind": return .scalar(expects: "string")
            case "metadata": return APITypes.type("meta/v1.ObjectMeta").map { MergeSchema($0) }
            default: break
            }
          }
          if let inner = schema.field(name) { return MergeSchema(inner, isRoot: false) }
          return schema.preservesUnknownFields ? .untyped : nil
        }, isAtomic: isAtomic)
    }
  }
}
