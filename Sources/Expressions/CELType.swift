/// The type of an expression, for the type checker.
///
/// `description` is the text in the API server's errors: `list(int)`, `map(string, dyn)`, `kubernetes.Quantity`.
package indirect enum CELType: Sendable, Hashable {
  /// Known at run time only.
  case dyn
  /// `google.protobuf.Any`; behaves as `dyn`.
  case any
  case null
  case bool
  case int
  case uint
  case double
  case string
  case bytes
  case duration
  case timestamp
  case list(CELType)
  case map(CELType, CELType)
  /// A type as a value, such as `int` in `type(x) == int`; nil where the type that it denotes is unknown.
  case type(CELType?)
  /// A structured type, by its full name; its fields are known to the environment.
  case object(String)
  /// A type of a library, with its parameters: `optional_type(int)`, `net.IP`.
  case opaque(String, [CELType])
  /// A nullable primitive (`google.protobuf.Int64Value` and the like).
  case wrapper(CELType)
  /// A type parameter of a declaration or of inference.
  case parameter(String)
  /// The type of an expression with errors, compatible with everything so that nothing is reported twice.
  case error

  package static func optional(_ type: CELType) -> CELType { .opaque("optional_type", [type]) }
}

extension CELType: CustomStringConvertible {
  package var description: String {
    switch self {
    case .dyn: "dyn"
    case .any: "any"
    case .null: "null"
    case .duration: "duration"
    case .timestamp: "timestamp"
    case .parameter(let name): name
    case .error: "!error!"
    case .type(nil): "type"
    case .type(let inner?): "type(\(inner))"
    case .list(let element): "list(\(element))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .wrapper(let inner): "wrapper(\(inner))"
    case .opaque(let name, let parameters) where !parameters.isEmpty:
      name + "(" + parameters.map(\.description).joined(separator: ", ") + ")"
    default: name
    }
  }

  /// The name at run time without parameters, such as `list` or `google.protobuf.Timestamp`. Expressions compare types
  /// by this name.
  package var name: String {
    switch self {
    case .dyn: "dyn"
    case .any: "google.protobuf.Any"
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .duration: "google.protobuf.Duration"
    case .timestamp: "google.protobuf.Timestamp"
    case .list: "list"
    case .map: "map"
    case .type: "type"
    case .object(let name), .opaque(let name, _), .parameter(let name): name
    case .wrapper(let inner): inner.name
    case .error: "error"
    }
  }

  /// The name in the API server's message for a result of the wrong type: "must evaluate to bool but got list(string)".
  package var declaredName: String {
    switch self {
    case .type(let inner?): "type(\(inner.declaredName))"
    case .list(let element): "list(\(element.declaredName))"
    case .map(let key, let value): "map(\(key.declaredName), \(value.declaredName))"
    case .wrapper(let inner): "wrapper(\(inner.declaredName))"
    case .parameter(let name): "<\(name)>"
    case .opaque(let name, let parameters) where !parameters.isEmpty:
      name + "(" + parameters.map(\.declaredName).joined(separator: ", ") + ")"
    default: name
    }
  }

  var isDynamic: Bool {
    switch self {
    case .dyn, .any: true
    default: false
    }
  }

  /// Whether there are types within it.
  var isCompound: Bool {
    switch self {
    case .list, .map, .wrapper, .type(.some): true
    case .opaque(_, let parameters): !parameters.isEmpty
    default: false
    }
  }

  var isDynamicOrError: Bool {
    switch self {
    case .dyn, .any, .error: true
    default: false
    }
  }

  /// The type in an optional; nil for other types.
  var unwrapped: CELType? {
    guard case .opaque("optional_type", let parameters) = self else { return nil }
    return parameters.first
  }

  /// Number of nodes of the type, counted up to `most`, since literals can double a type at each level.
  func weight(upTo most: Int) -> Int {
    var count = 0
    var open = [self]
    while count < most, let type = open.popLast() {
      count += 1
      switch type {
      case .list(let inner), .wrapper(let inner), .type(let inner?): open.append(inner)
      case .map(let key, let value): open += [key, value]
      case .opaque(_, let parameters): open += parameters
      default: break
      }
    }
    return count
  }
}
