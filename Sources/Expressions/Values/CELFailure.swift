/// Why an evaluation has no value.
package struct CELFailure: Error, Sendable, Equatable {
  package enum Code: Sendable, Equatable {
    case noSuchKey
    case indexOutOfBounds
    case noSuchOverload
    case noSuchAttribute
    case overflow
    case divisionByZero
    case conversion
    /// The evaluation cost more than it may. Nothing absorbs it.
    case costLimit
    /// A function refused its argument.
    case argument
  }

  package let code: Code
  /// What the message is about; the message is made when somebody reads it, as most failures are absorbed.
  private let subject: String

  init(_ code: Code, _ subject: String) {
    self.code = code
    self.subject = subject
  }

  /// In the server's words.
  package var message: String {
    switch code {
    case .noSuchKey: "no such key: " + subject
    case .indexOutOfBounds: "index out of bounds: " + subject
    case .noSuchAttribute: "no such attribute(s): " + subject
    case .costLimit: "operation cancelled: actual cost limit exceeded"
    default: subject
    }
  }

  static func argument(_ message: String) -> CELFailure { CELFailure(.argument, message) }

  static let noSuchOverload = CELFailure(.noSuchOverload, "no such overload")

  static func noSuchOverload(_ function: String) -> CELFailure {
    CELFailure(.noSuchOverload, "no such overload: " + function)
  }

  static func noSuchOverload(_ function: String, _ arguments: [CELValue]) -> CELFailure {
    noSuchOverload(function + "(" + arguments.map(\.type.name).joined(separator: ", ") + ")")
  }

  static let intOverflow = CELFailure(.overflow, "integer overflow")
  static let uintOverflow = CELFailure(.overflow, "unsigned integer overflow")
  static let timestampOverflow = CELFailure(.overflow, "timestamp overflow")
  static let costLimit = CELFailure(.costLimit, "")

  static func conversion(_ from: CELType, _ to: CELType) -> CELFailure {
    CELFailure(.conversion, "type conversion error from '\(from.name)' to '\(to.name)'")
  }
}
