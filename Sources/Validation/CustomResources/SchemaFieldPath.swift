import Kube

/// A path to a field in the simple dialect of rules and selectable fields: `.spec.name` and `.spec['some.name']`.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/cel/validation.go` (`ValidFieldPath`).
struct SchemaFieldPath {
  /// Why a path leads nowhere, in the server's words.
  struct Fault: Error {
    let message: String
  }

  /// The names on the way, keys of maps among them.
  private(set) var names: [String] = []
  private(set) var schema: StructuralSchema

  init(_ text: String, _ schema: StructuralSchema, allowsKeys: Bool) throws(Fault) {
    self.schema = schema
    var tokens = Self.tokens(text)[...]
    while let token = tokens.popFirst() {
      switch token {
      case "[":
        guard allowsKeys else { throw Fault(message: "array notation is not allowed") }
        guard let quoted = tokens.popFirst() else { throw Fault(message: "unexpected end of JSON path") }
        guard quoted.utf8.count >= 2, quoted.hasPrefix("'"), quoted.hasSuffix("'") else {
          throw Fault(message: "expected single quoted string but got \(quoted)")
        }
        try append(Self.unescaped(quoted.dropFirst().dropLast()))
        guard let end = tokens.popFirst() else { throw Fault(message: "unexpected end of JSON path") }
        guard end == "]" else { throw Fault(message: "expected ] but got \(end)") }
      case ".":
        guard let name = tokens.popFirst() else { throw Fault(message: "unexpected end of JSON path") }
        try append(name)
      default: throw Fault(message: "expected [ or . but got: \(token)")
      }
    }
  }

  private mutating func append(_ name: String) throws(Fault) {
    if !schema.properties.isEmpty {
      guard let inner = schema.property(name) else { throw Fault(message: "does not refer to a valid field") }
      schema = inner
    } else if case .schema(let inner) = schema.additionalProperties {
      schema = inner
    } else {
      throw Fault(message: "does not refer to a valid field")
    }
    names.append(name)
  }

  /// `.`, `[`, `]`, and what is between them; a text in single quotes is one.
  private static func tokens(_ text: String) -> [String] {
    var result: [String] = []
    var current = ""
    for character in text {
      if current.hasPrefix("'") {
        let isEnd = character == "'" && !current.hasSuffix("\\")
        current.append(character)
        if isEnd {
          result.append(current)
          current = ""
        }
      } else if character == "." || character == "[" || character == "]" {
        if !current.isEmpty { result.append(current) }
        current = ""
        result.append(String(character))
      } else {
        current.append(character)
      }
    }
    if !current.isEmpty { result.append(current) }
    return result
  }

  private static let escapes: [Character: Character] = [
    "'": "'", "\\": "\\", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}",
  ]

  private static func unescaped(_ text: Substring) throws(Fault) -> String {
    var result = ""
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\" else {
        result.append(character)
        continue
      }
      guard let escaped = rest.popFirst(), let value = escapes[escaped] else {
        throw Fault(message: "invalid string literal: invalid escape sequence")
      }
      result.append(value)
    }
    return result
  }
}
