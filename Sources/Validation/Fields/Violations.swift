import Bytes
import Kube

/// Collects what is wrong with an object, in the server's words.
struct Violations: Sendable {
  private(set) var list: [SchemaViolation] = []

  mutating func add(_ kind: FieldError.Kind, _ field: Field, value: String? = nil, _ detail: String = "") {
    let path = field.path.text
    let error = FieldError(kind, path, value: value, detail)
    list.append(
      SchemaViolation(.invalid(kind), path: path, line: field.line, column: field.column, message: error.text))
  }

  private func printed(_ field: Field) -> String { field.node.map(FieldError.printed) ?? "\"\"" }

  mutating func required(_ field: Field, _ detail: String = "") { add(.required, field, detail) }

  mutating func invalid(_ field: Field, _ detail: String) { add(.invalid, field, value: printed(field), detail) }

  /// - Parameter value: what the server shows in place of the field's own.
  mutating func invalid(_ field: Field, value: String, _ detail: String) {
    add(.invalid, field, value: value, detail)
  }

  mutating func forbidden(_ field: Field, _ detail: String) { add(.forbidden, field, detail) }

  mutating func duplicate(_ field: Field) { add(.duplicate, field, value: printed(field)) }

  mutating func notFound(_ field: Field) { add(.notFound, field, value: printed(field)) }

  mutating func tooLong(_ field: Field, _ most: Int) { add(.tooLong, field, "may not be more than \(most) bytes") }

  mutating func tooMany(_ field: Field, _ most: Int) {
    add(.tooMany, field, value: String(field.count), "must have at most \(most) item\(most == 1 ? "" : "s")")
  }

  mutating func notSupported(_ field: Field, _ values: [String]) {
    add(
      .notSupported, field, value: printed(field),
      "supported values: " + values.map { GoText.quoted($0) }.joined(separator: ", "))
  }

  /// A text of which only some are allowed. A missing one has a default, unless `isRequired`.
  ///
  /// - Returns: whether it is one of them.
  @discardableResult
  mutating func oneOf(_ field: Field, _ values: [String], isRequired: Bool = false) -> Bool {
    guard let text = field.string else {
      if isRequired { required(field) }
      return false
    }
    if values.contains(text) { return true }
    // Empty is the same as missing.
    if text.isEmpty, !isRequired { return false }
    if text.isEmpty, isRequired { required(field) } else { notSupported(field, values) }
    return false
  }

  mutating func nonNegative(_ field: Field) {
    if let number = field.int, number < 0 { invalid(field, "must be greater than or equal to 0") }
  }

  mutating func positive(_ field: Field) {
    if let number = field.int, number < 1 { invalid(field, "must be greater than 0") }
  }

  mutating func faults(_ field: Field, _ faults: [String]) { for detail in faults { invalid(field, detail) } }

  mutating func append(_ violation: SchemaViolation) { list.append(violation) }
}
