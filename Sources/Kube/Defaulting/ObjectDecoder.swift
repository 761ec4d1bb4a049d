package import Bytes

/// Decodes an object of Kubernetes' own types as the API server does, and encodes it again: unknown fields and nulls
/// are removed, defaults added, quantities and times put into canonical form, and empty values omitted or written as
/// the type requires.
///
/// Values from the source keep their position; added values have none.
package struct ObjectDecoder {
  /// A value of the wrong type, for which the server refuses the object.
  package struct Mismatch: Sendable, Hashable {
    package let path: String
    package let expected: APIType.Shape
  }

  /// Which of the server's steps are taken. The defaults give an object as it is read back from the store.
  package struct Options: Sendable {
    /// Whether missing values get their defaults.
    package var addsDefaults = true
    /// Whether empty lists and maps are treated as missing, as they are after a round trip through protocol buffers.
    package var isStored = true
    /// Whether fields of disabled features are cleared, as the server does in new objects.
    package var dropsDisabled = false

    package init(addsDefaults: Bool = true, isStored: Bool = true, dropsDisabled: Bool = false) {
      self.addsDefaults = addsDefaults
      self.isStored = isStored
      self.dropsDisabled = dropsDisabled
    }
  }

  private let options: Options
  private var mismatches: [Mismatch] = []
  /// Where the decoder is. It becomes text only where something does not fit.
  private var place: [Step] = []

  private enum Step {
    case key(String)
    case index(Int)
  }

  private var path: String {
    var text = ""
    for step in place {
      switch step {
      case .key(let name): text += text.isEmpty ? name : "." + name
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }

  private init(_ options: Options) { self.options = options }

  /// - Returns: the decoded object, and the values that do not fit their type, which are kept as they are.
  package static func decode(
    _ root: DocumentNode, as type: APIType, options: Options = Options()
  ) -> (object: DocumentNode, mismatches: [Mismatch]) {
    var decoder = ObjectDecoder(options)
    let object = decoder.structure(root, type, depth: 0)
    return (object, decoder.mismatches)
  }

  private mutating func structure(_ node: DocumentNode?, _ type: APIType, depth: Int) -> DocumentNode {
    guard depth < 64 else { return node ?? .null }
    if let node, !node.isNull, node.mapping == nil {
      mismatches.append(Mismatch(path: path, expected: .object(type.name)))
      return node
    }
    var fields = FieldSet(type, node)
    if options.addsDefaults { fields.addDefaults() }
    for index in type.fields.indices {
      let field = type.fields[index]
      if options.dropsDisabled, field.isDisabled { fields.values[index] = nil }
      place.append(.key(field.name))
      fields.values[index] = value(fields.values[index], field, depth: depth + 1)
      place.removeLast()
    }
    if options.addsDefaults, let finish = type.defaults?.finish { finish(&fields) }
    return fields.node
  }

  /// The field as it is encoded; nil where it is omitted.
  private mutating func value(_ node: DocumentNode?, _ field: APIType.Field, depth: Int) -> DocumentNode? {
    if case .optional(let inner) = field.shape {
      guard let node, !node.isNull else { return field.omitsEmpty ? nil : .null }
      return read(node, inner, depth: depth)
    }
    let read = read(node, field.shape, depth: depth)
    switch field.shape {
    case .string, .bool, .int32, .int64, .double, .duration:
      return field.omitsEmpty && Self.isZero(read) ? nil : read
    case .bytes, .list, .map:
      if Self.isZero(read) { return field.omitsEmpty ? nil : options.isStored || read.isNull ? .null : read }
      return read
    case .quantity, .intOrString: return read
    case .time, .microTime, .any: return read.isNull && field.omitsZero ? nil : read
    case .object: return field.omitsZero && read.entries.isEmpty ? nil : read
    case .optional: return read
    }
  }

  /// A value of the shape; the zero value for nil.
  private mutating func read(_ node: DocumentNode?, _ shape: APIType.Shape, depth: Int) -> DocumentNode {
    if case .object(let name) = shape {
      guard let type = APITypes.type(name) else { return node ?? .null }
      return structure(node, type, depth: depth)
    }
    guard let node, !node.isNull else { return Self.zero(shape) }
    switch (shape, node.content) {
    case (.string, .string), (.bool, .bool), (.int32, .int), (.int64, .int), (.double, .int), (.double, .double),
      (.duration, .string), (.any, _), (.intOrString, .int), (.intOrString, .string):
      return node
    case (.int64, .double(let value)) where value == value.rounded() && abs(value) < 9e15: break
    case (.bytes, .string(let text)):
      return Base64.isCanonical(text) ? node : node.with(.string(Base64.canonical(text) ?? text))
    case (.quantity, .string), (.quantity, .int), (.quantity, .double):
      if let quantity = node.text.flatMap({ Quantity($0) }) { return node.with(.string(quantity.text)) }
    case (.time, .string(let text)):
      if text.isEmpty { return node.with(.null) }
      if let moment = Timestamp(text) { return node.with(.string(moment.text(digits: 0))) }
      if SchemaFormat.isMoment(text) { return text.hasPrefix("0001-01-01T00:00:00Z") ? node.with(.null) : node }
    case (.microTime, .string(let text)):
      if text.isEmpty { return node.with(.null) }
      if let moment = Timestamp(text) { return node.with(.string(moment.text(digits: 6))) }
      if SchemaFormat.isMoment(text) { return text.hasPrefix("0001-01-01T00:00:00Z") ? node.with(.null) : node }
    case (.list(let element), .array(let items)):
      var result: [DocumentNode] = []
      result.reserveCapacity(items.count)
      for (index, item) in items.enumerated() {
        place.append(.index(index))
        result.append(self.element(item, element, depth: depth + 1))
        place.removeLast()
      }
      return node.with(.array(result))
    case (.map(let element), .object(let mapping)):
      var result: [Mapping.Entry] = []
      result.reserveCapacity(mapping.entries.count)
      for entry in mapping.entries {
        place.append(.key(entry.key))
        result.append(
          Mapping.Entry(
            key: entry.key, line: entry.line, column: entry.column,
            value: self.element(entry.value, element, depth: depth + 1)))
        place.removeLast()
      }
      return node.with(.object(Mapping(result)))
    default: break
    }
    mismatches.append(Mismatch(path: path, expected: shape))
    return node
  }

  private mutating func element(_ node: DocumentNode, _ shape: APIType.Shape, depth: Int) -> DocumentNode {
    if case .optional(let inner) = shape { return node.isNull ? .null : read(node, inner, depth: depth) }
    return read(node, shape, depth: depth)
  }

  private static func zero(_ shape: APIType.Shape) -> DocumentNode {
    switch shape {
    case .string: ""
    case .bool: false
    case .int32, .int64, .double, .intOrString: 0
    case .quantity: "0"
    case .duration: "0s"
    case .bytes, .list, .map, .time, .microTime, .any, .optional, .object: .null
    }
  }

  static func isZero(_ node: DocumentNode) -> Bool {
    switch node.content {
    case .null: true
    case .bool(let value): !value
    case .int(let value): value == 0
    case .double(let value): value == 0
    case .string(let value): value.isEmpty
    case .array(let items): items.isEmpty
    case .object(let mapping): mapping.entries.isEmpty
    }
  }
}
