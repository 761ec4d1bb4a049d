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

  /// What Go's decoder says of bytes that are no JSON; nil where they are.
  static func syntaxFault(_ bytes: [UInt8]) -> String? {
    var scanner = Scanner(bytes)
    return scanner.fault()
  }

  private struct Scanner {
    let bytes: [UInt8]
    var place = 0
    var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func fault() -> String? {
      if let fault = value("looking for beginning of value") { return fault }
      skipSpace()
      return place < bytes.count ? invalid("after top-level value") : nil
    }

    private mutating func skipSpace() {
      while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }

    private func invalid(_ context: String) -> String {
      guard place < bytes.count else { return "unexpected end of JSON input" }
      let byte = bytes[place]
      let shown: String
      switch byte {
      case 0x27: shown = "'\\''"
      case 0x22: shown = "'\"'"
      default:
        let quoted = GoText.quoted(String(UnicodeScalar(byte)))
        shown = "'" + quoted.dropFirst().dropLast() + "'"
      }
      return "invalid character \(shown) \(context)"
    }

    private mutating func value(_ context: String) -> String? {
      skipSpace()
      guard place < bytes.count else { return "unexpected end of JSON input" }
      depth += 1
      defer { depth -= 1 }
      if depth > 10_000 { return "exceeded max depth" }
      switch bytes[place] {
      case 0x7B: return object()
      case 0x5B: return list()
      case 0x22: return string()
      case 0x2D, 0x30...0x39:
        place += 1
        while place < bytes.count, "0123456789+-.eE".utf8.contains(bytes[place]) { place += 1 }
        return nil
      case 0x74: return word("true")
      case 0x66: return word("false")
      case 0x6E: return word("null")
      default: return invalid(context)
      }
    }

    private mutating func word(_ text: String) -> String? {
      for (index, byte) in text.utf8.enumerated() {
        guard place < bytes.count else { return "unexpected end of JSON input" }
        if bytes[place] != byte {
          let expected = Array(text)[index]
          return invalid("in literal \(text) (expecting '\(expected)')")
        }
        place += 1
      }
      return nil
    }

    private mutating func string() -> String? {
      place += 1
      while place < bytes.count {
        switch bytes[place] {
        case 0x22:
          place += 1
          return nil
        case 0x5C: place += 2
        case 0..<0x20: return invalid("in string literal")
        default: place += 1
        }
      }
      return "unexpected end of JSON input"
    }

    private mutating func list() -> String? {
      place += 1
      skipSpace()
      if place < bytes.count, bytes[place] == 0x5D {
        place += 1
        return nil
      }
      while true {
        if let fault = value("looking for beginning of value") { return fault }
        skipSpace()
        guard place < bytes.count else { return "unexpected end of JSON input" }
        if bytes[place] == 0x5D {
          place += 1
          return nil
        }
        guard bytes[place] == 0x2C else { return invalid("after array element") }
        place += 1
      }
    }

    private mutating func object() -> String? {
      place += 1
      skipSpace()
      if place < bytes.count, bytes[place] == 0x7D {
        place += 1
        return nil
      }
      while true {
        skipSpace()
        guard place < bytes.count else { return "unexpected end of JSON input" }
        guard bytes[place] == 0x22 else { return invalid("looking for beginning of object key string") }
        if let fault = string() { return fault }
        skipSpace()
        guard place < bytes.count else { return "unexpected end of JSON input" }
        guard bytes[place] == 0x3A else { return invalid("after object key") }
        place += 1
        if let fault = value("looking for beginning of value") { return fault }
        skipSpace()
        guard place < bytes.count else { return "unexpected end of JSON input" }
        if bytes[place] == 0x7D {
          place += 1
          return nil
        }
        guard bytes[place] == 0x2C else { return invalid("after object key:value pair") }
        place += 1
      }
    }
  }

  static func word(_ node: DocumentNode) -> String {
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
