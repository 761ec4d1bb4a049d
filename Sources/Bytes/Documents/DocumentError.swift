/// Why a document, or the rest of a stream, could not be read.
package struct DocumentError: Error, Sendable, Equatable {
  /// The kind of failure, stable for programs.
  package struct Code: Sendable, Equatable {
    package let rawValue: String
    package static let syntax = Code(rawValue: "syntax")
    package static let template = Code(rawValue: "unrendered-template")
    package static let binary = Code(rawValue: "binary")
    package static let depth = Code(rawValue: "too-deep")
    package static let aliases = Code(rawValue: "alias-bomb")
    package static let count = Code(rawValue: "too-many-documents")
    package static let size = Code(rawValue: "too-large")
    package static let encoding = Code(rawValue: "encoding")
    package static let archive = Code(rawValue: "archive")
    /// A member of an archive that is not a regular file: a link, a device, a pipe.
    package static let special = Code(rawValue: "special-file")
  }

  package let code: Code
  /// One sentence: what is wrong, and what to do.
  package let message: String
  /// From 1; 0 where no line is known.
  package let line: Int
  /// From 1; 0 where it is not known.
  package let column: Int

  package init(_ code: Code, _ message: String, line: Int = 0, column: Int = 0) {
    self.code = code
    self.message = message
    self.line = line
    self.column = column
  }
}

/// The documents of a stream that could be read, and the errors in between.
package struct DocumentStream: Sendable {
  package var documents: [DocumentNode] = []
  package var errors: [DocumentError] = []

  package init() {}
}
