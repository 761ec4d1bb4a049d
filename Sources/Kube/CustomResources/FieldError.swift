package import Bytes

/// One validation error of an object, in the API server's wording.
///
/// Source: k8s.io/apimachinery `pkg/util/validation/field/errors.go`.
package struct FieldError: Sendable, Hashable, Error {
  /// The error types of apimachinery; the raw value is `reason` in a cause of the server's Status.
  package enum Kind: String, Sendable, Hashable {
    case typeInvalid = "FieldValueTypeInvalid"
    case invalid = "FieldValueInvalid"
    case required = "FieldValueRequired"
    case notSupported = "FieldValueNotSupported"
    case tooLong = "FieldValueTooLong"
    case tooMany = "FieldValueTooMany"
    case duplicate = "FieldValueDuplicate"
    case forbidden = "FieldValueForbidden"
    case notFound = "FieldValueNotFound"
    case internalError = "InternalError"
  }

  package let kind: Kind
  /// Nil for an error without a place, which the server writes as `<nil>`.
  package let path: String?
  /// The value as the server prints it; nil where the message does not show it.
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

  /// - Parameter value: what Go holds as a struct: its fields are told in their order, not sorted as those of a map.
  package static func invalid(_ path: String?, struct value: DocumentNode, _ detail: String) -> FieldError {
    FieldError(.invalid, path, value: JSONWriter.compact(value), detail)
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

  /// Numbers and booleans plain, strings quoted, everything else as JSON.
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
    case .notFound: "Not found"
    case .internalError: "Internal error"
    }
  }

  /// The message without the path.
  package var body: String {
    var text = title
    switch kind {
    case .required, .forbidden, .tooLong, .internalError: break
    default: if let value { text += ": " + value }
    }
    return detail.isEmpty ? text : text + ": " + detail
  }

  package var text: String { (path ?? "<nil>") + ": " + body }

  /// Joins several errors as the server does: each once, in brackets if there are several.
  package static func aggregate(_ errors: [FieldError]) -> String {
    var texts: [String] = []
    for error in errors where !texts.contains(error.text) { texts.append(error.text) }
    return texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
  }
}
