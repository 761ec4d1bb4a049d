/// A question that could not be answered, and why. It is neither a pass nor a failure.
package struct NotEvaluated: Sendable, Hashable {
  /// Nil: every check.
  package let check: CheckID?
  /// Nil: every object.
  package let subject: Subject?
  package let reason: String
  /// The trouble that keeps the answer away, where that is told of by itself.
  package let problem: Problem?

  package init(check: CheckID?, subject: Subject?, reason: String, problem: Problem? = nil) {
    self.check = check
    self.subject = subject
    self.reason = reason
    self.problem = problem
  }

  package static func isOrderedBefore(_ a: NotEvaluated, _ b: NotEvaluated) -> Bool {
    (a.check?.rawValue ?? "", a.subject?.text ?? "", a.reason)
      < (b.check?.rawValue ?? "", b.subject?.text ?? "", b.reason)
  }
}
