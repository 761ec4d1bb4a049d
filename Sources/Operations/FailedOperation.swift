package import Findings

/// An operation that came to nothing, with what it met on the way: the problems may say why.
package struct FailedOperation: Error, Sendable {
  package let problems: [Problem]
  package let error: BartizanError

  package init(_ error: BartizanError, after problems: [Problem]) {
    self.error = error
    self.problems = problems
  }
}
