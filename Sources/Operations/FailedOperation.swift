package import Findings

/// An operation without a result; the problems on the way may explain why.
package struct FailedOperation: Error, Sendable {
  package let problems: [Problem]
  package let error: BartizanError

  package init(_ error: BartizanError, after problems: [Problem]) {
    self.error = error
    self.problems = problems
  }
}
