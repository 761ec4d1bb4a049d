import Bytes
import Kube

/// What Go's JSON decoder says of a value that does not fit.
enum GoDecoding {
  /// `json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string`
  static func mismatch(_ mismatch: ObjectDecoder.Mismatch, in root: DocumentNode, type: String) -> String {
    var node: DocumentNode? = root
    var fields: [String] = []
    for part in mismatch.path.split(separator: ".", omittingEmptySubsequences: false) {
      let name = part.prefix { $0 != "[" }
      if let next = node?.mapping?[String(name)] { node = next }
      fields.append(String(name))
      for index in part.dropFirst(name.count).split(whereSeparator: { $0 == "[" || $0 == "]" }) {
        if let place = Int(index), let items = node?.array, items.indices.contains(place) { node = items[place] }
      }
    }
    // Keys of maps are no fields.
    let field = fields.first ?? ""
    return
      "json: cannot unmarshal \(word(node ?? .null)) into Go struct field \(type).\(field) of type \(goType(mismatch.expected))"
  }

  /// The same for a value below a structure of Kubernetes' own, whose type the text names.
  static func mismatch(_ mismatch: ObjectDecoder.Mismatch, in root: DocumentNode, root type: APIType) -> String {
    var node: DocumentNode? = root
    var fields: [String] = []
    var owner = type
    var shape: APIType.Shape = .object(type.name)
    for part in mismatch.path.split(separator: ".", omittingEmptySubsequences: false) {
      let name = String(part.prefix { $0 != "[" })
      if case .object(let own) = shape, let next = APITypes.type(own) {
        owner = next
        shape = next.field(name)?.shape.wrapped ?? .any
        fields.append(name)
      } else if case .map(let element) = shape {
        shape = element.wrapped
      }
      node = node?.mapping?[name]
      for index in part.dropFirst(name.count).split(whereSeparator: { $0 == "[" || $0 == "]" }) {
        if case .list(let element) = shape { shape = element.wrapped }
        if let place = Int(index), let items = node?.array, items.indices.contains(place) { node = items[place] }
      }
    }
    var given = word(node ?? .null)
    // A number that does not fit a whole one is shown.
    if case .double(let value) = node?.content, mismatch.expected == .int32 || mismatch.expected == .int64 {
      given += " " + GoText.number(value)
    }
    let typeName = owner.name.split(separator: ".").last ?? ""
    return
      "json: cannot unmarshal \(given) into Go struct field \(typeName).\(fields.joined(separator: ".")) of type \(goType(mismatch.expected))"
  }

  /// Paths of fields that a type does not have, in order.
  static func unknownFields(_ value: DocumentNode, _ type: APIType) -> [String] {
    var found: [String] = []
    unknown(value, .object(type.name), "", &found, depth: 0)
    return found.sorted()
  }

  private static func unknown(
    _ value: DocumentNode, _ shape: APIType.Shape, _ path: String, _ found: inout [String], depth: Int
  ) {
    guard depth < 64 else { return }
    switch shape {
    case .optional(let inner): unknown(value, inner, path, &found, depth: depth + 1)
    case .list(let element):
      for (index, item) in value.elements.enumerated() {
        unknown(item, element, "\(path)[\(index)]", &found, depth: depth + 1)
      }
    case .map(let element):
      for entry in value.entries { unknown(entry.value, element, path + "." + entry.key, &found, depth: depth + 1) }
    case .object(let name):
      guard let type = APITypes.type(name) else { return }
      for entry in value.entries {
        let place = path.isEmpty ? entry.key : path + "." + entry.key
        if let field = type.field(entry.key) {
          unknown(entry.value, field.shape, place, &found, depth: depth + 1)
        } else {
          found.append(place)
        }
      }
    default: return
    }
  }

  private static func word(_ node: DocumentNode) -> String {
    switch node.content {
    case .null: "null"
    case .bool: "bool"
    case .int, .double: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  private static func goType(_ shape: APIType.Shape) -> String {
    switch shape {
    case .string, .quantity, .intOrString, .any: "string"
    case .bool: "bool"
    case .int32: "int32"
    case .int64: "int64"
    case .double: "float64"
    case .bytes: "[]byte"
    case .time: "v1.Time"
    case .microTime: "v1.MicroTime"
    case .duration: "v1.Duration"
    case .list(let element): "[]" + goType(element)
    case .map(let element): "map[string]" + goType(element)
    case .optional(let inner): goType(inner)
    case .object(let name): "v1." + (name.split(separator: ".").last ?? "")
    }
  }
}
