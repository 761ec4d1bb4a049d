package import Bytes

extension CELValue {
  /// The value as a document.
  ///
  /// - Throws: what has no place in a document: types, values of libraries, maps with keys that are no texts.
  package func document() throws(CELFailure) -> DocumentNode {
    switch self {
    case .null: return .null
    case .bool(let value): return DocumentNode(.bool(value))
    case .int(let value): return DocumentNode(.int(value))
    case .uint(let value):
      guard let whole = Int64(exactly: value) else { return DocumentNode(.double(Double(value))) }
      return DocumentNode(.int(whole))
    case .double(let value): return DocumentNode(.double(value))
    case .string(let value): return DocumentNode(.string(value))
    case .bytes(let value): return DocumentNode(.string(Base64.encode(value)))
    case .duration, .timestamp: return DocumentNode(.string(try converted(to: .string).string ?? ""))
    case .list(.nodes(let nodes)), .list(.typed(let nodes, _)): return DocumentNode(.array(nodes))
    case .list(.values(let values)):
      var nodes: [DocumentNode] = []
      for value in values { nodes.append(try value.document()) }
      return DocumentNode(.array(nodes))
    case .map(.nodes(let mapping)), .map(.typed(let mapping, _)): return DocumentNode(.object(mapping))
    case .map(.values(let entries)):
      var made: [Mapping.Entry] = []
      for entry in entries.all {
        guard case .string(let key) = entry.key else {
          throw .argument("map key \(GoText.quoted(entry.key.shown)) is of type \(entry.key.goType), not string")
        }
        made.append(Mapping.Entry(key: key, value: try entry.value.document()))
      }
      return DocumentNode(.object(Mapping(made)))
    case .object(let object):
      var made: [Mapping.Entry] = []
      for field in object.fields { made.append(Mapping.Entry(key: field.name, value: try field.value.document())) }
      return DocumentNode(.object(Mapping(made)))
    case .optional(let optional): return try optional.value?.document() ?? .null
    case .type, .opaque, .variables:
      throw CELFailure(.conversion, "type conversion error from '\(type.name)' to a document")
    }
  }
}

extension CELObject {
  /// What the API server says against an `Object` whose parts are not named by the path of fields that leads to them:
  /// `Object{spec: Object.status{...}}`. None if all are.
  package var misnamedTypes: [String] {
    var faults: [String] = []
    Self.collect(.object(self), "Object", &faults)
    return faults
  }

  private static func collect(_ value: CELValue, _ path: String, _ faults: inout [String]) {
    switch value {
    case .object(let object):
      if object.typeName != path {
        faults.append(
          "unexpected type name \(GoText.quoted(object.typeName)), expected \(GoText.quoted(path)), which matches field name path from root Object type"
        )
      }
      for field in object.fields { collect(field.value, path + "." + field.name, &faults) }
    case .list(.values(let values)): for value in values { collect(value, path, &faults) }
    case .map(.values(let entries)): for entry in entries.all { collect(entry.value, path, &faults) }
    default: break
    }
  }
}
