package import Bytes

extension APIType {
  /// The type as the OpenAPI definitions that the API server is built with have it, references resolved; what refers to
  /// itself ends in an empty schema.
  package func openAPISchema() -> DocumentNode { Self.schema(.object(name), []) }

  private static func schema(_ shape: Shape, _ path: [String]) -> DocumentNode {
    switch shape {
    case .string, .duration: return ["type": "string"]
    case .bool: return ["type": "boolean"]
    case .int32: return ["type": "integer", "format": "int32"]
    case .int64: return ["type": "integer", "format": "int64"]
    case .double: return ["type": "number", "format": "double"]
    case .bytes: return ["type": "string", "format": "byte"]
    case .time, .microTime: return ["type": "string", "format": "date-time"]
    case .quantity: return ["oneOf": [["type": "string"], ["type": "number"]]]
    case .intOrString: return ["x-kubernetes-int-or-string": true]
    case .any: return ["type": "object"]
    case .list(let element): return ["type": "array", "items": schema(element, path)]
    case .map(let element): return ["type": "object", "additionalProperties": schema(element, path)]
    case .optional(let inner): return schema(inner, path)
    case .object(let name):
      guard !path.contains(name), path.count < 32, let type = APITypes.type(name) else { return [:] }
      let properties = type.fields.map { field in
        Mapping.Entry(key: field.name, value: schema(field.shape, path + [name]))
      }
      return ["type": "object", "properties": DocumentNode(.object(Mapping(properties)))]
    }
  }
}
