package import Bytes

/// Reads an object as the API server reads one of Kubernetes' own types, and writes it as the server writes it: unknown
/// fields and nulls go, defaults come, amounts and times take their one form, what is empty is left out or not as the
/// type has it.
///
/// Values that were written keep their place in the source; what was added has none.
package struct ObjectDecoder {
  /// A value that is not of its field's type; the server refuses the object.
  package struct Mismatch: Sendable, Hashable {
    package let path: String
    package let expected: APIType.Shape
  }

  package struct Options: Sendable {
    /// Whether missing values get their defaults.
    package var addsDefaults = true
    /// Whether empty lists and maps come back as missing, as they do from protocol buffers.
    package var isStored = true
    /// Whether fields of features that are off go, as they do from new objects.
    package var dropsDisabled = false

    package init(addsDefaults: Bool = true, isStored: Bool = true, dropsDisabled: Bool = false) {
      self.addsDefaults = addsDefaults
      self.isStored = isStored
      self.dropsDisabled = dropsDisabled
    }
  }

  private let options: Options
  private var mismatches: [Mismatch] = []

  private init(_ options: Options) { self.options = options }

  /// - Returns: the object in the form of its type; what does not fit its type stays as it is.
  package static func decode(
    _ root: DocumentNode, as type: APIType, options: Options = Options()
  ) -> (object: DocumentNode, mismatches: [Mismatch]) {
    var decoder = ObjectDecoder(options)
    let object = decoder.structure(root, type, path: "", depth: 0)
    return (object, decoder.mismatches)
  }

  private mutating func structure(_ node: DocumentNode?, _ type: APIType, path: String, depth: Int) -> DocumentNode {
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
      fields.values[index] = value(
        fields.values[index], field, path: path.isEmpty ? field.name : path + "." + field.name, depth: depth + 1)
    }
    if options.addsDefaults, let finish = type.defaults?.finish { finish(&fields) }
    return fields.node
  }

  /// The field as it is written; nil where it is left out.
  private mutating func value(_ node: DocumentNode?, _ field: APIType.Field, path: String, depth: Int) -> DocumentNode?
  {
    if case .optional(let inner) = field.shape {
      guard let node, !node.isNull else { return field.omitsEmpty ? nil : .null }
      return read(node, inner, path: path, depth: depth)
    }
    let read = read(node, field.shape, path: path, depth: depth)
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

  /// A value of a shape, or the zero of it.
  private mutating func read(_ node: DocumentNode?, _ shape: APIType.Shape, path: String, depth: Int) -> DocumentNode {
    if case .object(let name) = shape {
      guard let type = APITypes.type(name) else { return node ?? .null }
      return structure(node, type, path: path, depth: depth)
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
        result.append(self.element(item, element, path: "\(path)[\(index)]", depth: depth + 1))
      }
      return node.with(.array(result))
    case (.map(let element), .object(let mapping)):
      return node.with(
        .object(
          Mapping(
            mapping.entries.map { entry in
              Mapping.Entry(
                key: entry.key, line: entry.line, column: entry.column,
                value: self.element(entry.value, element, path: "\(path).\(entry.key)", depth: depth + 1))
            })))
    default: break
    }
    mismatches.append(Mismatch(path: path, expected: shape))
    return node
  }

  private mutating func element(
    _ node: DocumentNode, _ shape: APIType.Shape, path: String, depth: Int
  ) -> DocumentNode {
    if case .optional(let inner) = shape { return node.isNull ? .null : read(node, inner, path: path, depth: depth) }
    return read(node, shape, path: path, depth: depth)
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
