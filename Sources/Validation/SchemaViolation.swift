package import Kube

/// Something for which the API server refuses an object, whoever sends it.
package struct SchemaViolation: Sendable, Hashable {
  /// What is wrong, by the step of the server that refuses it.
  package enum Kind: Sendable, Hashable {
    /// The type of the object has no such field. The server leaves it out where it is not asked to be strict.
    case unknownField
    /// The text holds the field more than once; the last value counts.
    case duplicateField
    /// A value that its type cannot hold.
    case wrongType
    /// The kind, or this version of it, is not served.
    case notServed
    /// What validation says of a value that can be decoded.
    case invalid(FieldError.Kind)

    /// Whether other checks would take what is there for something else: a value of the wrong type or a missing required
    /// field reads as absent.
    package var hidesObject: Bool {
      switch self {
      case .wrongType, .notServed, .invalid(.required), .invalid(.typeInvalid): true
      case .unknownField, .duplicateField, .invalid: false
      }
    }
  }

  package let kind: Kind
  /// From the root of the object, such as `spec.containers[0].image`; empty for the object itself.
  package let path: String
  /// Position of the field; of the nearest parent for a missing one. From 1; 0 for an object that was not read from
  /// text.
  package let line: UInt32
  package let column: UInt32
  /// In the server's words, with the path.
  package let message: String

  package init(_ kind: Kind, path: String, line: UInt32, column: UInt32, message: String) {
    self.kind = kind
    self.path = path
    self.line = line
    self.column = column
    self.message = message
  }
}
