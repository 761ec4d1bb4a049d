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
