import Bytes
import Kube

/// Walks an object along its type, as the server decodes it when it is asked to be strict. A clean object costs no
/// allocation of its own.
///
/// The server tells the first wrong type only and then forgets unknown fields; here every one is told. Source:
/// sigs.k8s.io/json, k8s.io/apimachinery `pkg/runtime/serializer/json/json.go`, and `UnmarshalJSON` of the types with one.
struct StrictDecoder {
  private enum Step {
    case field(String)
    case index(Int)
  }

  private let types: StrictTypes
  /// Whether `3.0` is an integer: kubectl's reader of YAML writes it as 3, JSON is sent as it is.
  private let takesWholeNumbers: Bool
  private var path: [Step] = []
  private var violations: [SchemaViolation] = []

  private init(_ types: StrictTypes, takesWholeNumbers: Bool) {
    self.types = types
    self.takesWholeNumbers = takesWholeNumbers
    path.reserveCapacity(32)
  }

  /// - Parameter structure: the place of its type in the table.
  static func violations(
    _ root: DocumentNode, as structure: Int, types: StrictTypes = .builtIn, isJSON: Bool
  ) -> [SchemaViolation] {
    var decoder = StrictDecoder(types, takesWholeNumbers: !isJSON)
    decoder.structure(root, structure, root.line, root.column)
    return decoder.violations
  }

  private mutating func structure(_ node: DocumentNode, _ place: Int, _ line: UInt32, _ column: UInt32) {
    switch node.content {
    case .null: return
    case .object(let mapping):
      // Deeper than any type of the API that ends.
      guard path.count < 120 else { return }
      repetitions(mapping)
      for entry in mapping.entries {
        guard let shape = types.structures[place].shape(entry.key) else {
          path.append(.field(entry.key))
          let text = pathText
          path.removeLast()
          violations.append(
            SchemaViolation(
              .unknownField, path: text, line: entry.line, column: entry.column, message: "unknown field \"\(text)\""))
          continue
        }
        path.append(.field(entry.key))
        value(entry.value, shape, entry.line, entry.column)
        path.removeLast()
      }
    default: mismatch(node, .structure(place), line, column)
    }
  }

  private mutating func repetitions(_ mapping: Mapping) {
    for entry in mapping.repeated {
      path.append(.field(entry.key))
      let text = pathText
      path.removeLast()
      violations.append(
        SchemaViolation(
          .duplicateField, path: text, line: entry.line, column: entry.column, message: "duplicate field \"\(text)\""))
    }
  }

  private mutating func value(_ node: DocumentNode, _ shape: StrictTypes.Shape, _ line: UInt32, _ column: UInt32) {
    switch (shape, node.content) {
    case (_, .null), (.string, .string), (.bool, .bool), (.int64, .int), (.double, .int), (.double, .double), (.any, _),
      (.intOrString, .string):
      return
    case (.structure(let place), _): structure(node, place, line, column)
    case (.int32, .int(let number)), (.intOrString, .int(let number)):
      if Int32(exactly: number) == nil { mismatch(node, shape, line, column) }
    case (.int32, .double(let number)), (.int64, .double(let number)), (.intOrString, .double(let number)):
      let most: Double
      if case .int64 = shape { most = 9.2e18 } else { most = 2_147_483_647 }
      if !takesWholeNumbers || number != number.rounded() || abs(number) > most { mismatch(node, shape, line, column) }
    case (.list(let element), .array(let items)):
      for (index, item) in items.enumerated() {
        path.append(.index(index))
        value(item, element, item.line > 0 ? item.line : line, item.line > 0 ? item.column : column)
        path.removeLast()
      }
    case (.map(let element), .object(let mapping)):
      repetitions(mapping)
      for entry in mapping.entries {
        path.append(.field(entry.key))
        value(entry.value, element, entry.line, entry.column)
        path.removeLast()
      }
    case (.bytes, .string(let text)):
      if Base64.decode(exactly: text.filter { $0 != "\n" && $0 != "\r" && $0 != "\r\n" }) == nil {
        wrong("illegal base64 data", line, column)
      }
    case (.quantity, .string(let text)):
      if Quantity(text.trimmingGoSpace) == nil { wrong(Self.quantityFault(text), line, column) }
    case (.quantity, .int), (.quantity, .double): return
    case (.quantity, _): wrong(Self.quantityFault(""), line, column)
    case (.time, .string(let text)):
      if Timestamp(text) == nil, !SchemaFormat.isMoment(text) {
        wrong("parsing time \(GoText.quoted(text)) as \"2006-01-02T15:04:05Z07:00\": cannot parse it", line, column)
      }
    case (.duration, .string(let text)):
      if !SchemaFormat.holds("duration", text) { wrong("time: invalid duration \(GoText.quoted(text))", line, column) }
    default: mismatch(node, shape, line, column)
    }
  }

  private static func quantityFault(_ text: String) -> String {
    let rest = text.drop { "+-0123456789.".contains($0) }
    // Letters of some suffix after a number, but not one that exists.
    let hasNumber = text.utf8.count > rest.utf8.count
    return hasNumber && !rest.isEmpty && rest.allSatisfy { "eEinumkKMGTP".contains($0) }
      ? "unable to parse quantity's suffix"
      : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
  }

  private mutating func wrong(_ detail: String, _ line: UInt32, _ column: UInt32) {
    let text = pathText
    violations.append(
      SchemaViolation(.wrongType, path: text, line: line, column: column, message: "\(text): \(detail)"))
  }

  private mutating func mismatch(_ node: DocumentNode, _ shape: StrictTypes.Shape, _ line: UInt32, _ column: UInt32) {
    let given =
      switch node.content {
      case .null: "null"
      case .bool: "bool"
      case .int(let number): isWhole(shape) ? "number \(number)" : "number"
      case .double(let number): isWhole(shape) ? "number \(GoText.number(number))" : "number"
      case .string: "string"
      case .array: "array"
      case .object: "object"
      }
    wrong("cannot unmarshal \(given) into a field of type \(name(shape))", line, column)
  }

  private func isWhole(_ shape: StrictTypes.Shape) -> Bool {
    switch shape {
    case .int32, .int64, .intOrString: true
    default: false
    }
  }

  /// In Go's words.
  private func name(_ shape: StrictTypes.Shape) -> String {
    switch shape {
    case .string, .time, .duration: "string"
    case .bool: "bool"
    case .int32, .intOrString: "int32"
    case .int64: "int64"
    case .double: "float64"
    case .bytes: "[]uint8"
    case .quantity: "resource.Quantity"
    case .any: "interface {}"
    case .list(let element): "[]" + name(element)
    case .map(let element): "map[string]" + name(element)
    case .structure(let place): types.structures[place].name
    }
  }

  private var pathText: String {
    var text = ""
    for step in path {
      switch step {
      case .field(let name): text += text.isEmpty ? name : "." + name
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
