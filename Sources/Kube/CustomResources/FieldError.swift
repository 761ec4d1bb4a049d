package import Bytes

/// One fault of an object, as the API server puts it.
///
/// Source: k8s.io/apimachinery `pkg/util/validation/field/errors.go`.
package struct FieldError: Sendable, Hashable, Error {
  package enum Kind: String, Sendable, Hashable {
    case typeInvalid = "FieldValueTypeInvalid"
    case invalid = "FieldValueInvalid"
    case required = "FieldValueRequired"
    case notSupported = "FieldValueNotSupported"
    case tooLong = "FieldValueTooLong"
    case tooMany = "FieldValueTooMany"
    case duplicate = "FieldValueDuplicate"
    case forbidden = "FieldValueForbidden"
    case internalError = "InternalError"
  }

  package let kind: Kind
  /// Nil where the fault has no place; the server writes `<nil>`.
  package let path: String?
  /// The value as it is printed; nil where it is left out.
  package let value: String?
  package let detail: String

  package init(_ kind: Kind, _ path: String?, value: String? = nil, _ detail: String = "") {
    self.kind = kind
    self.path = path
    self.value = value
    self.detail = detail
  }

  package static func invalid(_ path: String?, _ value: DocumentNode, _ detail: String) -> FieldError {
    FieldError(.invalid, path, value: printed(value), detail)
  }

  package static func required(_ path: String?, _ detail: String = "") -> FieldError {
    FieldError(.required, path, detail)
  }

  package static func notSupported(_ path: String?, _ value: DocumentNode, _ values: [String]) -> FieldError {
    FieldError(
      .notSupported, path, value: printed(value),
      "supported values: " + values.map { GoText.quoted($0) }.joined(separator: ", "))
  }

  package static func duplicate(_ path: String?, _ value: DocumentNode) -> FieldError {
    FieldError(.duplicate, path, value: printed(value))
  }

  package static func forbidden(_ path: String?, _ detail: String) -> FieldError {
    FieldError(.forbidden, path, detail)
  }

  package static func tooLong(_ path: String?, _ most: Int64) -> FieldError {
    FieldError(.tooLong, path, "may not be more than \(most) bytes")
  }

  package static func tooMany(_ path: String?, _ count: Int64, _ most: Int64) -> FieldError {
    FieldError(.tooMany, path, value: String(count), "must have at most \(most) item\(most == 1 ? "" : "s")")
  }

  /// Numbers and truth values plain, texts quoted, the rest as JSON.
  package static func printed(_ value: DocumentNode) -> String {
    switch value.content {
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .double(let number): GoText.number(number)
    case .string(let text): GoText.quoted(text)
    case .null, .array, .object: JSONWriter.compact(GoText.sorted(value))
    }
  }

  private var title: String {
    switch kind {
    case .typeInvalid, .invalid: "Invalid value"
    case .required: "Required value"
    case .notSupported: "Unsupported value"
    case .tooLong: "Too long"
    case .tooMany: "Too many"
    case .duplicate: "Duplicate value"
    case .forbidden: "Forbidden"
    case .internalError: "Internal error"
    }
  }

  /// Without the place.
  package var body: String {
    var text = title
    switch kind {
    case .required, .forbidden, .tooLong, .internalError: break
    default: if let value { text += ": " + value }
    }
    return detail.isEmpty ? text : text + ": " + detail
  }

  package var text: String { (path ?? "<nil>") + ": " + body }

  /// Several faults in one text: each once, in brackets where they are several.
  package static func aggregate(_ errors: [FieldError]) -> String {
    var texts: [String] = []
    for error in errors where !texts.contains(error.text) { texts.append(error.text) }
    return texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
  }
}
