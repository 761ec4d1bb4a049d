/// Why a command could not do its work.
package struct BartizanError: Error, Sendable, Equatable {
  package struct Code: Sendable, Equatable {
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
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension BartizanError: CustomStringConvertible {
  package var description: String { message }
}
