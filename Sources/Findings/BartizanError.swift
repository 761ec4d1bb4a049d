/// Why a command could not do its work.
///
/// Two errors are equal when their codes are equal: the message is for people, programs decide by the code.
package struct BartizanError: Error, Sendable {
  /// The kind of failure, stable for programs. Modules add codes of their own.
  package struct Code: Sendable, Hashable {
    package let rawValue: String
    /// The command line names something that does not exist, or options that exclude each other.
    package static let usage = Code(rawValue: "usage")
    /// The input cannot be used at all.
    package static let input = Code(rawValue: "input")
    /// Something outside failed: disk, network, server.
    package static let remote = Code(rawValue: "remote")

    package init(rawValue: String) { self.rawValue = rawValue }
  }

  package let code: Code
  /// One line: what, where, what to do.
  package let message: String
  /// The underlying error, where there is one. It is never shown on its own.
  package let cause: (any Error)?

  package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }
}

extension BartizanError: Equatable {
  package static func == (a: BartizanError, b: BartizanError) -> Bool { a.code == b.code }
}

extension BartizanError: CustomStringConvertible {
  package var description: String { message }
}
