/// Why a command could not do its work.
///
/// Two errors are equal when their codes are: a sentence is for people, and programs ask for the code alone.
package struct BartizanError: Error, Sendable {
  /// What kind of trouble; stable, for programs. Modules add their own.
  package struct Code: Sendable, Hashable {
    package let rawValue: String
    /// The command line asks for something that does not exist or does not go together.
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
  /// What brought it about, where that was an error of its own; never shown to people by itself.
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
